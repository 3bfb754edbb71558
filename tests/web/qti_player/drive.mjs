// Opens exported items in the player and answers them with mouse and keyboard.
//
//   node drive.mjs <address of the page> <path of Chromium>   < scenes.json   > results.json
//
// A scene is {item, steps}: the address of an item, and what a person does:
//   {click: id}                 chooses a simple choice
//   {type: text}                fills the text entry
//   {place: [id, …]}            carries choices to the places of an order, first to last
//   {match: [[row, column], …]} checks cells of a match table
// A result tells what the player makes of it: score, response, correct response, language, pictures, the text that a
// candidate sees, and errors.

import process from "node:process";
import { chromium } from "playwright-core";

const [pageAddress, executablePath] = process.argv.slice(2);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const scenes = JSON.parse(Buffer.concat(chunks).toString("utf8"));

const browser = await chromium.launch({
  executablePath,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 1400 } });
  await page.goto(pageAddress);
  const results = [];
  for (const scene of scenes) results.push(await play(page, scene));
  process.stdout.write(JSON.stringify(results));
} finally {
  await browser.close();
}

async function play(page, scene) {
  const errors = [];
  page.removeAllListeners();
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("requestfailed", (request) => errors.push(`failed ${request.url()}`));
  page.on("response", (response) => response.status() >= 400 && errors.push(`${response.status()} ${response.url()}`));
  await page.evaluate((address) => {
    document.body.innerHTML = `<qti-item><item-container item-url="${address}"></item-container></qti-item>`;
  }, scene.item);
  const item = page.locator("qti-assessment-item");
  await page.locator("qti-item-body").waitFor();
  for (const step of scene.steps) await take(page, step).catch((error) => errors.push(String(error).slice(0, 400)));
  const told = await item.evaluate(async (element) => {
    await element.updateComplete;
    element.processResponse();
    const images = [...element.querySelectorAll("img")];
    await Promise.all(images.map((one) => one.decode().catch(() => undefined)));
    const found = (name) => element._context.variables.find((one) => one.identifier === name);
    return {
      score: found("SCORE").value,
      response: found("RESPONSE").value,
      correct: found("RESPONSE").correctResponse,
      language: element.lang,
      pictures: images.map((one) => [one.alt, one.naturalWidth > 0]),
      seen: element.innerText,
    };
  });
  return { ...told, errors };
}

async function take(page, step) {
  if (step.click) await page.locator(`qti-simple-choice[identifier="${step.click}"]`).click();
  if (step.type) {
    await page.locator("qti-text-entry-interaction input").fill(step.type);
    await page.locator("qti-text-entry-interaction input").press("Tab");
  }
  for (const [place, id] of (step.place ?? []).entries()) await carry(page, id, place);
  for (const [row, column] of step.match ?? []) {
    await page.locator(`qti-match-interaction input[value="${row} ${column}"]`).click();
  }
}

// Carries a choice to a place with the keyboard, and waits until it lies there.
async function carry(page, id, place) {
  await page.locator(`qti-simple-choice[identifier="${id}"]`).press("Space");
  for (let step = 0; step < place; step += 1) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.locator("drop-list").nth(place).locator(`qti-simple-choice[identifier="${id}"]`).waitFor();
}

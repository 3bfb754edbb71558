"""What is stored: the one description of items, writes, reads and bytes, that `docs/data-model.md` is written from.

- `model`     what a kind of item, a write and a read are: plain data
- `slots`     what varies in a key
- `items`     every kind of item, who writes it on which condition, how long it stays
- `reads`     the access patterns
- `layouts`   what is kept as bytes
- `settings`  tables, queues and buckets as the template has them
- `journey`   plays every use-case, so that figures are measured and the description is held to what happens; `collective` is its part
  about everybody, `callers` about clients and who guesses, `stage` the emulated cloud that it is played on, `recording` what notes
  every call, `synthetic` the bank
- `page`      the page, made of all of these and of `page.md`
"""

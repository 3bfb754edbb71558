"""What the documents under review say, in French and in English: `before [old|new] after`."""

from __future__ import annotations

from chalicelib.content.authoring.generators.writing.bilingual import both
from chalicelib.content.texts import Locale, Text

PEOPLE = (
    "Inès Valcourt",
    "Malo Orbelin",
    "Sofia Tissandre",
    "Naïm Beaulune",
    "Clara Marvilly",
    "Yanis Corvane",
    "Alma Pelligrin",
    "Victor Dormeval",
    "Lina Quintel",
    "Hugo Solmont",
    "Nour Ravenel",
    "Oscar Fontclair",
    "Maya Brizac",
    "Félix Aubremont",
    "Rosa Castelon",
    "Adam Jolivane",
    "Iris Merisol",
    "Karim Noirval",
    "Léna Ferrandel",
    "Tariq Vauclair",
    "Emma Brunelle",
    "Bruno Sauvelin",
    "Zoé Lorimel",
    "Paolo Grandelle",
)

TITLES = (
    both("Fête des lanternes : programme de travail", "Lantern festival: work plan"),
    both("Journée des cerfs-volants : programme de travail", "Kite day: work plan"),
    both("Fête du four à pain : programme de travail", "Bread oven festival: work plan"),
    both("Foire aux plantes : programme de travail", "Plant fair: work plan"),
)
FILE = both("programme-a-relire.docx", "plan-to-review.docx")

SECTIONS: tuple[tuple[Text, tuple[Text, ...]], ...] = (
    (
        both("Le lieu", "The place"),
        (
            both(
                "La scène sera montée [sous les tilleuls|devant le kiosque], dos au soleil.",
                "The stage will be set up [under the lime trees|in front of the bandstand], its back to the sun.",
            ),
            both(
                "Le parking de l'école ouvrira à [huit|neuf] heures pour les exposants.",
                "The school car park will open at [eight|nine] o'clock for stallholders.",
            ),
            both(
                "Les tables seront alignées le long [du mur|de la haie], côté jardin.",
                "The tables will be lined up along the [wall|hedge], on the garden side.",
            ),
            both(
                "S'il pleut, tout se passera dans [le gymnase|la grande salle] de l'école.",
                "If it rains, everything will move to the [gym|main hall] of the school.",
            ),
            both(
                "Une rampe en bois sera posée devant l'entrée [nord|sud] pour les fauteuils roulants.",
                "A wooden ramp will be laid at the [north|south] entrance for wheelchairs.",
            ),
            both(
                "Les toilettes sèches seront installées près du [lavoir|puits], à l'écart des stands.",
                "The dry toilets will be placed near the [wash house|well], away from the stalls.",
            ),
        ),
    ),
    (
        both("Les bénévoles", "The volunteers"),
        (
            both(
                "L'équipe du matin comptera [douze|quinze] personnes, dont deux à l'accueil.",
                "The morning team will have [twelve|fifteen] people, two of them at the welcome desk.",
            ),
            both(
                "Chaque bénévole portera un [foulard|brassard] jaune pour être reconnu.",
                "Each volunteer will wear a yellow [scarf|armband] so as to be recognised.",
            ),
            both(
                "Les repas de l'équipe seront servis à [douze|treize] heures dans la cour.",
                "The team's meals will be served at [twelve|one] o'clock in the courtyard.",
            ),
            both(
                "Un tableau des tâches sera affiché [dans l'entrée|près du bar] dès la veille.",
                "A board of tasks will be put up [in the entrance|near the bar] the day before.",
            ),
            both(
                "Les nouveaux recevront une visite guidée [la veille|le matin même], par petits groupes.",
                "Newcomers will be shown around [the day before|on the same morning], in small groups.",
            ),
            both(
                "La liste des présents sera tenue par [l'accueil|le secrétariat] toute la journée.",
                "The list of those present will be kept by [the welcome desk|the office] all day long.",
            ),
        ),
    ),
    (
        both("La buvette", "Refreshments"),
        (
            both(
                "Le jus de pomme viendra [de la ferme|du verger] des Aulnes, en grandes bouteilles.",
                "The apple juice will come from Alder [farm|orchard], in large bottles.",
            ),
            both(
                "Les gobelets seront consignés [un euro|deux euros] la pièce.",
                "The deposit on cups will be [one euro|two euros] each.",
            ),
            both(
                "Le four à pain sera allumé dès [six|sept] heures par les anciens.",
                "The bread oven will be lit from [six|seven] o'clock by the old hands.",
            ),
            both(
                "Des bacs de tri seront posés [à gauche|à droite] du comptoir.",
                "Sorting bins will be put to the [left|right] of the counter.",
            ),
            both(
                "La soupe sera servie avec [du pain|des galettes], tant qu'il en reste.",
                "The soup will be served with [bread|flat cakes], while they last.",
            ),
            both(
                "Les prix seront écrits [à la craie|au feutre] sur de grandes ardoises.",
                "The prices will be written in [chalk|felt pen] on large slates.",
            ),
        ),
    ),
    (
        both("La musique", "Music"),
        (
            both(
                "La fanfare jouera [vingt|trente] minutes avant chaque défilé.",
                "The brass band will play for [twenty|thirty] minutes before each parade.",
            ),
            both(
                "Le micro sera prêté par [la chorale|le théâtre] pour les annonces.",
                "The microphone will be lent by the [choir|theatre] for announcements.",
            ),
            both(
                "Les enceintes resteront tournées vers [la place|le pré], loin des maisons.",
                "The loudspeakers will face the [square|meadow], away from the houses.",
            ),
            both(
                "Un cours de danse sera donné par les [voisins|élèves] en fin d'après-midi.",
                "A dance class will be given by the [neighbours|pupils] late in the afternoon.",
            ),
            both(
                "Les derniers morceaux finiront à [vingt-deux|vingt-trois] heures au plus tard.",
                "The last tunes will end at [ten|eleven] in the evening at the latest.",
            ),
            both(
                "Les câbles seront couverts de [tapis|planches] dans les allées.",
                "The cables will be covered with [mats|boards] in the alleys.",
            ),
        ),
    ),
    (
        both("Les jeux", "Games"),
        (
            both(
                "La course en sac partira [du portail|de la fontaine] toutes les demi-heures.",
                "The sack race will start from the [gate|fountain] every half hour.",
            ),
            both(
                "Les lots de la tombola seront exposés [sur l'estrade|à l'accueil] dès le matin.",
                "The raffle prizes will be on show [on the platform|at the welcome desk] from the morning.",
            ),
            both(
                "Le concours de dessin aura [trois|quatre] catégories d'âge.",
                "The drawing contest will have [three|four] age groups.",
            ),
            both(
                "Les règles seront lues [à voix haute|au micro] avant chaque partie.",
                "The rules will be read [aloud|over the microphone] before each game.",
            ),
            both(
                "Le jeu de piste passera par le [moulin|vieux pont] avant de revenir à la mairie.",
                "The treasure hunt will pass by the [mill|old bridge] before coming back to the town hall.",
            ),
            both(
                "Une table calme sera réservée aux [puzzles|jeux de cartes] pour les plus jeunes.",
                "A quiet table will be kept for [puzzles|card games] for the youngest.",
            ),
        ),
    ),
    (
        both("La sécurité", "Safety"),
        (
            both(
                "Le poste de secours sera placé à côté de [la scène|l'accueil], bien en vue.",
                "The first-aid post will stand beside the [stage|welcome desk], in plain sight.",
            ),
            both(
                "La rue du Four sera fermée aux voitures jusqu'à [dix-neuf|vingt] heures.",
                "Oven Street will be closed to cars until [seven|eight] in the evening.",
            ),
            both(
                "Les extincteurs seront vérifiés [une semaine|deux jours] avant, par la mairie.",
                "The fire extinguishers will be checked [one week|two days] before, by the town hall.",
            ),
            both(
                "Un couloir de [trois|quatre] mètres restera libre pour les secours.",
                "A corridor [three|four] metres wide will be kept clear for the rescue services.",
            ),
            both(
                "Les enfants perdus seront conduits [au kiosque|à la mairie] et rassurés.",
                "Lost children will be taken to the [bandstand|town hall] and reassured.",
            ),
            both(
                "Les lanternes seront éclairées par [des piles|une petite lampe], jamais par une flamme.",
                "The lanterns will be lit by [batteries|a small lamp], never by a flame.",
            ),
        ),
    ),
    (
        both("La publicité", "Publicity"),
        (
            both(
                "Les affiches seront collées [deux|trois] semaines avant la fête.",
                "The posters will be put up [two|three] weeks ahead.",
            ),
            both(
                "Le journal local recevra [une photo|un court texte] pour annoncer le programme.",
                "The local newspaper will receive [a photo|a short text] to announce the programme.",
            ),
            both(
                "Le plan du site sera imprimé en [noir|couleur] au dos du programme.",
                "The site map will be printed in [black|colour] on the back of the programme.",
            ),
            both(
                "Un message sera envoyé aux familles par [l'école|le centre de loisirs] le vendredi.",
                "A message will be sent to families by the [school|leisure centre] on the Friday.",
            ),
            both(
                "La banderole sera tendue au-dessus [du pont|de la grand-rue] par les services techniques.",
                "The banner will be hung over the [bridge|high street] by the technical staff.",
            ),
            both(
                "Le programme sera lu à la radio du village [mardi|jeudi] à midi.",
                "The programme will be read on the village radio on [Tuesday|Thursday] at noon.",
            ),
        ),
    ),
    (
        both("Le rangement", "Clearing up"),
        (
            both(
                "Le démontage commencera [dès minuit|le lendemain matin], en silence.",
                "Taking down will begin [at midnight|the next morning], in silence.",
            ),
            both(
                "Les chaises seront rapportées [au foyer|à la salle des fêtes] avant dix heures.",
                "The chairs will be taken back to the [clubhouse|village hall] before ten o'clock.",
            ),
            both(
                "Chaque stand gardera [un sac|deux sacs] pour ses déchets.",
                "Each stall will keep [one bag|two bags] for its waste.",
            ),
            both(
                "Les objets trouvés seront déposés [au secrétariat|à la bibliothèque] pendant un mois.",
                "Lost property will be kept at the [office|library] for a month.",
            ),
            both(
                "Le camion de location sera rendu avant [midi|dix-huit heures], le réservoir plein.",
                "The hired lorry will be returned before [noon|six in the evening], with a full tank.",
            ),
            both(
                "Un repas remerciera les bénévoles en [juin|septembre], autour du four.",
                "A meal will thank the volunteers in [June|September], around the oven.",
            ),
        ),
    ),
)

NOTES = (
    both("Est-ce confirmé ?", "Is this confirmed?"),
    both("À revoir avec la mairie.", "To be discussed again with the town hall."),
    both("Je préfère cette solution.", "I prefer this solution."),
    both("L'an dernier, c'était trop juste.", "Last year this was too tight."),
    both("Qui s'en occupe ?", "Who is taking care of it?"),
    both("Il faut demander l'accord des voisins.", "We must ask the neighbours first."),
    both("D'accord avec cette phrase.", "I agree with this sentence."),
    both("Peut-on le dire plus simplement ?", "Can we say it more simply?"),
    both("Cela coûtera plus cher.", "This will cost more."),
    both("Pensez aux familles avec poussette.", "Think of families with pushchairs."),
    both("Je vérifie et je vous réponds.", "I will check and get back to you."),
    both("Ce point manquait, merci.", "This point was missing, thank you."),
    both("Attention, c'est un jour d'école.", "Careful, it is a school day."),
    both("Il nous faudra de l'aide.", "We shall need help."),
    both("À mettre aussi sur l'affiche.", "To be put on the poster too."),
    both("Le matériel est-il réservé ?", "Is the equipment booked?"),
    both("Je ne comprends pas ce passage.", "I do not understand this passage."),
    both("Très bonne idée.", "Very good idea."),
    both("Il existe une règle là-dessus.", "There is a rule about this."),
    both("À décider à la prochaine réunion.", "To be decided at the next meeting."),
    both("Gardons la même chose que l'an dernier.", "Let us keep the same as last year."),
    both("J'ai compté, cela suffit.", "I have counted, it is enough."),
    both("Peut-être un peu tôt ?", "A little early, perhaps?"),
    both("Prévenir les exposants.", "Warn the stallholders."),
)

EVENTS = (
    both("La réunion publique", "The public meeting"),
    both("La répétition générale", "The dress rehearsal"),
    both("La visite de sécurité", "The safety visit"),
    both("L'assemblée des bénévoles", "The volunteers' meeting"),
    both("L'essai des lumières", "The lighting test"),
    both("Le tirage de la tombola", "The raffle draw"),
    both("La remise des clés", "The handing over of the keys"),
)
MONTHS = (
    both("février", "February"),
    both("mars", "March"),
    both("avril", "April"),
    both("mai", "May"),
    both("juin", "June"),
    both("juillet", "July"),
    both("août", "August"),
    both("septembre", "September"),
    both("octobre", "October"),
    both("novembre", "November"),
)
"""From February, the month numbered 2."""

BUDGET = (
    both("Sonorisation", "Sound system"),
    both("Location du chapiteau", "Marquee hire"),
    both("Affiches et banderole", "Posters and banner"),
    both("Repas des bénévoles", "Volunteers' meals"),
    both("Lots de la tombola", "Raffle prizes"),
    both("Assurance", "Insurance"),
    both("Décoration", "Decoration"),
    both("Transport du matériel", "Transport of equipment"),
    both("Location de vaisselle", "Crockery hire"),
    both("Nettoyage", "Cleaning"),
)
CALENDAR = both("Le calendrier", "The calendar")
BUDGET_HEADINGS: dict[Locale, tuple[str, str]] = {"fr": ("Poste", "Montant en euros"), "en": ("Line", "Amount in euros")}
UNCHANGED = both("personne ne l'a changé", "nobody changed it")
LATEST = both("dernier montant :", "latest amount:")
DROPPED = both("supprimé par", "struck by")

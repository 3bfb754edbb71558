"""What the pages of a town's site say, in French and in English."""

from __future__ import annotations

from chalicelib.content.authoring.generators.writing.bilingual import both
from chalicelib.content.texts import Text

TOWNS = (
    ("Valbrelle", "valbrelle"),
    ("Aumorive", "aumorive"),
    ("Castelmoise", "castelmoise"),
    ("Rivelande", "rivelande"),
    ("Tréhoulin", "trehoulin"),
    ("Saint-Orvain", "saint-orvain"),
)
"""Names of towns, and how they stand in addresses."""
SITES = (
    *("lumiplan", "orvenne", "clavette", "zebulon", "pimprelle", "grandelune"),
    *("tournebille", "sarcelle", "mirliton", "bourrache", "farandole", "cabriole"),
)
"""Sites that links lead to."""

FILE = both("page-enregistree.html", "saved-page.html")
MENU = (both("Accueil", "Home"), both("Actualités", "News"), both("Agenda", "Diary"), both("Contact", "Contact"))
FOOTER = both("Page enregistrée depuis le site de la ville.", "Page saved from the town's website.")

SERVICES_TITLE = both("Tous les services", "All services")
SERVICES_INTRO = both(
    "Chaque service a sa page. Cliquez sur son adresse pour l'ouvrir.",
    "Each service has its own page. Click on its address to open it.",
)
SERVICES: tuple[tuple[Text, tuple[tuple[Text, Text], ...]], ...] = (
    (
        both("Sport et loisirs", "Sport and leisure"),
        (
            (both("Piscine des Saules", "Willow swimming pool"), both("piscine", "pool")),
            (both("Patinoire", "Ice rink"), both("patinoire", "ice-rink")),
            (both("Gymnase du Pré", "Meadow gym"), both("gymnase", "gym")),
            (both("Mur d'escalade", "Climbing wall"), both("escalade", "climbing")),
            (both("Base nautique", "Sailing centre"), both("voile", "sailing")),
            (both("Terrains de tennis", "Tennis courts"), both("tennis", "tennis")),
            (both("Ludothèque", "Toy library"), both("jeux", "toys")),
        ),
    ),
    (
        both("Culture", "Culture"),
        (
            (both("Bibliothèque", "Library"), both("livres", "books")),
            (both("Cinéma du Marché", "Market cinema"), both("cinema", "cinema")),
            (both("École de musique", "Music school"), both("musique", "music")),
            (both("Théâtre de poche", "Little theatre"), both("theatre", "theatre")),
            (both("Musée des outils", "Museum of tools"), both("musee", "museum")),
            (both("Atelier de poterie", "Pottery workshop"), both("poterie", "pottery")),
            (both("Archives", "Archives"), both("archives", "archives")),
        ),
    ),
    (
        both("Enfants et écoles", "Children and schools"),
        (
            (both("Cantine", "School canteen"), both("cantine", "canteen")),
            (both("Crèche", "Nursery"), both("creche", "nursery")),
            (both("Centre de loisirs", "Holiday club"), both("vacances", "holidays")),
            (both("Étude du soir", "Evening study"), both("etude", "study")),
            (both("Car scolaire", "School bus"), both("car-scolaire", "school-bus")),
            (both("Conseil des jeunes", "Youth council"), both("jeunes", "youth")),
        ),
    ),
    (
        both("Vie pratique", "Everyday life"),
        (
            (both("Déchetterie", "Recycling centre"), both("dechets", "waste")),
            (both("Marché du samedi", "Saturday market"), both("marche", "market")),
            (both("Vélos à louer", "Bikes for hire"), both("velos", "bikes")),
            (both("Parkings", "Car parks"), both("parkings", "parking")),
            (both("Jardins partagés", "Shared gardens"), both("jardins", "gardens")),
            (both("Objets trouvés", "Lost property"), both("objets-trouves", "lost-property")),
            (both("Salles à louer", "Rooms for hire"), both("salles", "rooms")),
            (both("Eau et fontaines", "Water and fountains"), both("eau", "water")),
        ),
    ),
    (
        both("Solidarité et santé", "Help and health"),
        (
            (both("Repas à domicile", "Meals at home"), both("repas", "meals")),
            (both("Épicerie solidaire", "Community grocery"), both("epicerie", "grocery")),
            (both("Centre de santé", "Health centre"), both("sante", "health")),
            (both("Aide aux papiers", "Help with forms"), both("papiers", "forms")),
            (both("Minibus", "Minibus"), both("minibus", "minibus")),
            (both("Café des aidants", "Carers' café"), both("aidants", "carers")),
        ),
    ),
)
HOURS = (
    both("Du mardi au samedi, de 9 h à 18 h.", "Tuesday to Saturday, 9:00 to 18:00."),
    both("Tous les jours sauf le lundi.", "Every day except Monday."),
    both("Le mercredi et le samedi.", "On Wednesday and Saturday."),
    both("Du lundi au vendredi, de 8 h 30 à 17 h.", "Monday to Friday, 8:30 to 17:00."),
    both("Fermé en août.", "Closed in August."),
    both("Sur rendez-vous.", "By appointment."),
)
BY_PHONE = both("Par téléphone", "By phone")

WALK_TITLE = both("La promenade du patrimoine", "The heritage walk")
WALK_INTRO = both(
    "Suivez les plaques de cuivre au sol. Ouvrez une partie pour voir ses étapes.",
    "Follow the copper plates in the ground. Open a part to see its stops.",
)
PART = both("Étapes {} à {}", "Stops {} to {}")
STEPS: tuple[tuple[Text, Text, Text], ...] = (
    (both("Le lavoir", "The wash house"), both("lavoir", "wash-house"), both("Bassin couvert", "A covered basin")),
    (
        both("Le kiosque", "The bandstand"),
        both("kiosque", "bandstand"),
        both("Toit rond sur huit piliers", "Round roof, eight posts"),
    ),
    (both("Le vieux pont", "The old bridge"), both("pont", "bridge"), both("Trois arches de pierre", "Three stone arches")),
    (both("La halle", "The covered market"), both("halle", "market"), both("Charpente de bois", "A timber frame")),
    (both("Le moulin", "The mill"), both("moulin", "mill"), both("Roue à eau à l'arrêt", "A water wheel at rest")),
    (both("La tour carrée", "The square tower"), both("tour", "tower"), both("Tour fendue en deux", "A tower split in two")),
    (
        both("Le pigeonnier", "The dovecote"),
        both("pigeonnier", "dovecote"),
        both("Petites niches au mur", "Small nests in the wall"),
    ),
    (both("La fontaine", "The fountain"), both("fontaine", "fountain"), both("Quatre poissons de bronze", "Four bronze fish")),
    (both("Le four à pain", "The bread oven"), both("four", "oven"), both("Voûte noircie", "A blackened vault")),
    (both("Le puits", "The well"), both("puits", "well"), both("Margelle usée par la corde", "A kerb worn by the rope")),
    (both("La gare", "The station"), both("gare", "station"), both("Façade à trois portes", "A front with three doors")),
    (both("L'école", "The school"), both("ecole", "school"), both("Cloche au-dessus du préau", "A bell above the yard")),
    (both("Le cadran solaire", "The sundial"), both("cadran", "sundial"), both("Cadran peint en bleu", "A dial painted blue")),
    (
        both("La porte nord", "The north gate"),
        both("porte", "gate"),
        both("Arc et deux meurtrières", "An arch and two loopholes"),
    ),
    (
        both("Le jardin clos", "The walled garden"),
        both("jardin", "garden"),
        both("Poiriers contre un mur", "Pear trees on a wall"),
    ),
    (both("La forge", "The forge"), both("forge", "forge"), both("Enclume et soufflet", "An anvil and bellows")),
    (both("Le canal", "The canal"), both("canal", "canal"), both("Écluse à deux portes", "A lock with two gates")),
    (both("Le phare", "The lighthouse"), both("phare", "lighthouse"), both("Bandes rouges et blanches", "Red and white bands")),
    (both("Le verger", "The orchard"), both("verger", "orchard"), both("Pommiers en fleur", "Apple trees in bloom")),
    (both("La digue", "The sea wall"), both("digue", "sea-wall"), both("Marches vers l'eau", "Steps to the water")),
    (both("L'horloge", "The clock"), both("horloge", "clock"), both("Une seule aiguille", "A single hand")),
    (both("Le théâtre", "The theatre"), both("theatre", "theatre"), both("Masques sculptés", "Carved masks")),
    (both("La ruelle", "The alley"), both("ruelle", "alley"), both("Escalier entre deux murs", "Stairs between two walls")),
    (both("Le chêne", "The oak"), both("chene", "oak"), both("Tronc creux et son banc", "A hollow trunk and its bench")),
)
"""Places, the name of their picture, and what it shows."""
ORNAMENTS = (both("filet", "rule"), both("feuille", "leaf"), both("vague", "wave"), both("etoile", "star"))

FORM_TITLE = both("Inscription au centre de loisirs", "Holiday club registration")
FORM_INTRO = both("Remplissez toutes les parties, puis enregistrez.", "Fill in every part, then save.")
SEND = both("Enregistrer", "Save")
_PARENT = (
    (both("Prénom", "First name"), "text"),
    (both("Nom", "Last name"), "text"),
    (both("Téléphone", "Phone"), "tel"),
    (both("Courriel", "Email"), "email"),
    (both("Adresse", "Address"), "text"),
    (both("Code postal", "Postcode"), "text"),
    (both("Ville", "Town"), "text"),
)
FORM: tuple[tuple[Text, tuple[tuple[Text, str], ...]], ...] = (
    (
        both("L'enfant", "The child"),
        (
            (both("Prénom", "First name"), "text"),
            (both("Nom", "Last name"), "text"),
            (both("Date de naissance", "Date of birth"), "date"),
            (both("Classe", "School year"), "text"),
            (both("Taille en cm", "Height in cm"), "number"),
            (both("Pointure", "Shoe size"), "number"),
        ),
    ),
    (both("Premier parent", "First parent"), _PARENT),
    (both("Second parent", "Second parent"), _PARENT),
    (
        both("Personne à prévenir", "Person to contact"),
        (
            (both("Nom", "Last name"), "text"),
            (both("Téléphone", "Phone"), "tel"),
            (both("Lien avec l'enfant", "Link with the child"), "text"),
        ),
    ),
    (
        both("Santé", "Health"),
        (
            (both("Allergies", "Allergies"), "text"),
            (both("Régime", "Diet"), "text"),
            (both("Médecin", "Doctor"), "text"),
            (both("Téléphone du médecin", "Doctor's phone"), "tel"),
            (both("Date du dernier vaccin", "Date of the last vaccination"), "date"),
        ),
    ),
    (
        both("Activités", "Activities"),
        (
            (both("Natation", "Swimming"), "checkbox"),
            (both("Escalade", "Climbing"), "checkbox"),
            (both("Théâtre", "Theatre"), "checkbox"),
            (both("Cuisine", "Cooking"), "checkbox"),
            (both("Jardinage", "Gardening"), "checkbox"),
            (both("Musique", "Music"), "checkbox"),
        ),
    ),
    (
        both("Trajets", "Journeys"),
        (
            (both("Arrêt de bus", "Bus stop"), "text"),
            (both("Heure d'arrivée", "Arrival time"), "time"),
            (both("Heure de départ", "Departure time"), "time"),
            (both("Personne autorisée", "Authorised person"), "text"),
        ),
    ),
    (
        both("Paiement", "Payment"),
        (
            (both("Nombre de versements", "Number of instalments"), "number"),
            (both("Numéro de dossier", "File number"), "text"),
            (both("Remarques", "Remarks"), "text"),
        ),
    ),
)

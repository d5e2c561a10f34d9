"""Tables of names for ``made_up_people``; nothing here knows the product's own.

Given names and the first family names follow the ranks of Romania's register.
"""

from __future__ import annotations

_MEN = """
Andrei Alexandru Mihai Ion Gheorghe Ioan Constantin Ștefan Nicolae Cristian Daniel Florin Vasile Marian
Gabriel Adrian Ionuț Bogdan Dumitru Marius Radu Cătălin Cosmin George Răzvan Vlad Lucian Ciprian Sorin
Claudiu Victor Petru Dragoș Viorel Ovidiu Costel Laurențiu Valentin Emil Robert Sebastian Iulian Liviu
Octavian Eugen Silviu Tudor David Luca Matei Rareș Darius Horia Teodor Paul Grigore Toma Zamfir Petrișor
"""
MEN = _MEN.split()
_WOMEN = """
Maria Elena Ana Ioana Mihaela Andreea Alexandra Cristina Daniela Gabriela Mariana Georgiana Simona
Florentina Nicoleta Alina Adriana Roxana Diana Ecaterina Raluca Larisa Bianca Denisa Camelia Carmen
Monica Laura Oana Mădălina Claudia Irina Anca Corina Loredana Liliana Valentina Victoria Doina Rodica
Aurelia Veronica Iulia Teodora Sofia Antonia Florica Florina Simina Viorica Marcela Paula Ileana Ramona
Lavinia Otilia Smaranda
"""
WOMEN = _WOMEN.split()
_FAMILY = """
Popa Popescu Pop Radu Ionescu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Constantin Marin Munteanu
Lazăr Moldovan Mihai Ioniță Florea Șerban Neagu Oprea Barbu Dobre Nistor Tudor Sandu Stanciu Ilie Stancu
Vasile Toma Nițu Dinu Diaconu Avram Preda Ungureanu Enache Anghel Nedelcu Cristea Bucur Voicu Cojocaru
Mocanu Tănase Petrescu Iancu Vlad Grigore Ene Pavel Țepeș Brătianu Căpraru Negru Olteanu Sârbu Chiriac
Zaharia Manea Bălan
"""
FAMILY = _FAMILY.split()
_STEMS = """
Bărb Căl Dăn Făg Găl Hur Ior Lup Măc Năst Pădur Răd Săl Trif Urs Vâlc Zăv Brând Cărp Drăg Frâncu Grec
Horj Izv Jig Mir Nicul Oniș Pătr Roș Sim Știr Tăut Țur Vrâncean Bog Cri Dumbr Flor Ghin Iacob Lăz Mun
Pas
"""
STEMS = _STEMS.split()
_ENDINGS = """
escu eanu aru oiu an ilă ache uș ea iuc ovici aș ănescu ulescu iceanu ariu oreanu atu etu ișan
"""
ENDINGS = _ENDINGS.split()
ABROAD = {
    "hu": (
        "Zoltán Attila László Ferenc Katalin Ildikó Erzsébet Zsuzsanna Réka",
        "Nagy Szabó Kovács Tóth Balázs Székely",
    ),
    "uk": (
        "Сергей Дмитрий Юлия Наталья Ольга Евгений Михаил Екатерина",
        "Иванов Шевченко Бондаренко Кузнецов Мельник",
    ),
    "de": (
        "Jürgen Günther Björn Käthe Jörg Sören Helga Matthias",
        "Müller Schröder Jäger Köhler Schäfer Weiß Groß",
    ),
    "en": (
        "John Emily Michael Sarah William Catherine Robert Oliver",
        "Smith Walker O'Brien Taylor MacDonald Hughes",
    ),
    "it": (
        "Giovanni Francesca Giuseppe Chiara Lorenzo",
        "Rossi Esposito De Luca Ferrari Bianchi",
    ),
}
LATIN = {
    "Сергей": "Serghei",
    "Дмитрий": "Dmitri",
    "Юлия": "Iulia",
    "Наталья": "Natalia",
    "Ольга": "Olga",
    "Евгений": "Evgheni",
    "Михаил": "Mihail",
    "Екатерина": "Ecaterina",
    "Иванов": "Ivanov",
    "Шевченко": "Shevchenko",
    "Бондаренко": "Bondarenko",
    "Кузнецов": "Kuznetsov",
    "Мельник": "Melnik",
}
TWINS = (
    ("Andrei", "Andreea"),
    ("Mihai", "Mihaela"),
    ("Ioan", "Ioana"),
    ("Florina", "Florica"),
    ("Simona", "Simina"),
    ("Gabriel", "Gabriela"),
    ("Ion", "Ioan"),
    ("Maria", "Mariana"),
    ("Cristian", "Cristina"),
    ("Ștefan", "Ștefania"),
)
PET_NAMES = {
    "Alexandru": "Alex Sandu Xandi",
    "Alexandra": "Alex Sanda Xandra",
    "Mihai": "Mișu Miță",
    "Maria": "Mia Mărie Mimi",
    "Elena": "Lenuța Nuți",
    "Ștefan": "Fane Fănică",
    "Gheorghe": "Gigi Ghiță",
    "Ioan": "Nelu Ionică",
    "Ion": "Nelu",
    "Constantin": "Costi Dinu",
    "Cristina": "Cris Tina Crisa",
    "Andreea": "Deea Andra",
    "Nicolae": "Nicu Neluțu",
    "Gabriela": "Gabi Gabița",
    "Daniela": "Dani Dana",
    "Vasile": "Lică Vasi",
    "Robert": "Robi Bob",
    "William": "Bill",
}
"""Some of them no table of the product has."""

"""The words of the Codons tab."""

from typing import Final

LEAD: Final = (
    "A codon is three bases, a base two trits: the 64 codons are 64 of the 19,683 operations. The checkpoint was "
    "trained on operations and never saw a codon. Do its distances know which codons mean the same amino acid?"
)
ENCODER: Final = "Encoder"
COLOUR: Final = "Colour"
COLOURS: Final = {"amino": "amino acid", "radius": "radius"}
STOPS: Final = "Count the stop codons as synonyms"

# The answer.
NULLS_HEAD: Final = ("p-value", "A", "B")
NULLS: Final = {
    "p_chance": (
        "chance",
        "Amino acids dealt to the codons at random: how often are synonyms then as near as in the real code?",
    ),
    "p_mapping": (
        "mapping",
        "Codes with the same 3-adic distances as the real one: how often does such a code do as well?",
    ),
}
NULLS_NOTE: Final = (
    "From {permutations:,} permutations each, seed {seed}; below {alpha:g} counts. A yes needs both, and more than "
    "both distances without a model. Synonyms are near by the mapping alone, since its first digits are the first two "
    "bases, which decide most amino acids."
)
NULLS_LABEL: Final = "p-values of both encoders"
BARS: Final = {"a": "encoder A", "b": "encoder B", "adic": "3-adic", "hamming": "Hamming"}
BARS_WORDS: Final = (
    "How often the pair of synonyms is the nearer one of two pairs. The mark is at 50 %, which is chance; 3-adic and "
    "Hamming are distances of the digits, without a model."
)
STOPS_SAID: Final = {False: "The three stop codons are left out.", True: "The three stop codons count as synonyms."}

# The code table.
TABLE: Final = "The code table, encoder {encoder}"
TABLE_HINT: Final = (
    "First base down, second across, third in the lines. A codon chooses its operation in all tabs; with Ctrl it is "
    "added. Arrow keys move."
)
CAPTION: Final = "The standard genetic code"
FIRST_BASE: Final = "first base {base}"
SECOND_BASE: Final = "second base {base}"
THIRD_BASE: Final = "third base {base}"
CELL: Final = "{codon} {letter}, {name}, operation {operation}, {measure} {radius}"
RADIUS: Final = {"hyperbolic": "hyperbolic radius", "euclidean": "length of the mean"}
RADIUS_LEGEND: Final = "{measure}, encoder {encoder}"
CODONS_FILE: Final = "64 codons"

# The disk.
DISK: Final = "The codons on a disk, encoder {encoder}"
DISK_HINT: Final = (
    "From the middle to a codon is its exact hyperbolic radius, the farthest at the edge. The angle is counted from "
    "the digits as in the tab Ball, without the gaps where no codon is: it is no distance. Synonyms are joined."
)
DISK_FLAT: Final = (
    "This checkpoint has no ball. Drawn instead is the Euclidean length of the latent mean from the middle outwards; "
    "the angle is counted from the digits and is no distance. Synonyms are joined."
)
DISK_WORDS: Final = (
    "The 64 codons on a disk by {measure}, encoder {encoder}. {families} families have more than one codon: their "
    "codons are {within} apart on average, codons of different families {between}. Innermost is {inner} at "
    "{low}, outermost {outer} at {high}."
)
FAMILIES: Final = "Light up one amino acid"
FAMILIES_HINT: Final = "Point at a codon or a letter to see its family in both pictures; press a letter to keep it."
FAMILY: Final = "{letter}, {name}: {codons}. Mean distance within {within}, to other codons {others}."
FAMILY_ONE: Final = "{letter}, {name}: {codons} alone. Mean distance to other codons {others}."
DISK_FILE: Final = "{checkpoint} {encoder} codons"

# The amino acids.
ACIDS: Final = "Amino acids"
ACIDS_LEAD: Final = (
    "Mean {measure} distance among the codons of one amino acid, and from them to all other codons. A letter chooses "
    "all its operations."
)
ACIDS_HEAD: Final = (
    "amino acid",
    "codons",
    "within A",
    "within B",
    "to others A",
    "to others B",
)
ACIDS_CHOOSE: Final = "{letter}: choose the operations of {name}"
DISTANCES: Final = {"hyperbolic": "hyperbolic", "euclidean": "Euclidean"}

# A visitor's own sequences.
OWN: Final = "Your sequences"
OWN_LEAD: Final = (
    "Another kind of model reads whole sequences: a Euclidean VAE of the first {length} codons, or amino acids. Paste "
    "FASTA or choose a file. Sequences are encoded, decoded and compared; nothing is kept."
)
OWN_MODEL: Final = "Model"
OWN_TEXT: Final = "Sequences in FASTA"
OWN_HINT: Final = ">name\nATGGCTAAA..."
OWN_FILE: Final = "or a file"
OWN_EXAMPLE: Final = "Example: {name}"
OWN_ENCODE: Final = "Encode"
OWN_SAID: Final = {
    "encoding": "Encoding\u2026",
    "cut": "The server did not answer. Try again.",
    "preparing": "Preparing\u2026",
    "saved": "Saved",
    "large": "This is {size} MB; at most {most} MB are taken here. Send fewer sequences.",
    "unread": "The file could not be read. Choose it again.",
}
OWN_HEAD: Final = ("sequence", "length", "used", "right", "right of {length}", "note")
OWN_TABLE: Final = "Encoded sequences"
OWN_TOTAL: Final = (
    "{right:,} of {tokens:,} {alphabet} come back right ({share}); {exact:,} of {sequences:,} sequences whole. Over "
    "all {length} places, padding included: {share_100}."
)
OWN_MORE: Final = "The first {shown:,} of {sequences:,} sequences are listed; the files have all."
OWN_FILES: Final = "Sequences with reconstruction and latent mean"

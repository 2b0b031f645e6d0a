"""The checkpoints that are published on the Hub, with the published status.

Claimed numbers are those of the published README. Stored numbers are recorded in the file; training measured them on
one random sample. Neither is measured here; `tvae.analysis.metrics` does that.
"""

from typing import Final

from tvae.checkpoints.catalogue.entry import Entry, Numbers

_NOT_STRICT: Final = "The claimed numbers come from a non-strict load, which leaves the radius head random."
PUBLISHED: Final = (
    Entry(
        "homeostatic_rich/best.pt",
        "hub",
        "recommended",
        "Best balance",
        note="The claimed hierarchy is that of encoder B, the claimed richness that of encoder A.",
        claimed=Numbers(coverage=1.0, hierarchy=-0.8321, richness=0.00787),
        stored=Numbers(coverage=1.0, hierarchy_a=-0.6944, richness=0.00662, norm_v0=0.89, norm_v9=0.19),
        architecture="dual projection, H64 L1, controller, learnable curvature",
        max_radius=0.99,
    ),
    Entry(
        "v5_11_homeostasis/best.pt",
        "hub",
        "good",
        "Good hierarchy",
        note=_NOT_STRICT,
        claimed=Numbers(coverage=0.999, hierarchy=-0.82, richness=0.00136),
        stored=Numbers(coverage=0.99898, hierarchy_a=-0.8162, hierarchy_b=-0.8318, norm_v0=0.932, norm_v9=0.013),
        architecture="dual projection, H64 L1, dropout",
        max_radius=0.95,
    ),
    Entry(
        "v5_11_structural/best.pt",
        "hub",
        "good",
        "Bioinformatics (stable embeddings)",
        note=_NOT_STRICT,
        claimed=Numbers(coverage=1.0, hierarchy=-0.40, richness=0.00304),
        stored=Numbers(
            coverage=1.0,
            hierarchy_a=-0.7303,
            hierarchy_b=-0.8320,
            richness=0.0093,
            richness_b=0.00017,
            norm_v0=0.898,
            norm_v9=0.194,
        ),
        architecture="dual projection, H128 L2, dropout",
        max_radius=0.95,
    ),
    Entry(
        "max_hierarchy/best.pt",
        "hub",
        "experimental",
        "Maximum hierarchy, low richness",
        claimed=Numbers(hierarchy=-0.8321),
        stored=Numbers(coverage=0.99990, hierarchy_a=-0.8298, richness=0.000265, norm_v0=0.949, norm_v9=0.138),
        architecture="dual projection, H64 L1, controller, learnable curvature",
        max_radius=0.95,
    ),
    Entry(
        "v5_11_overnight/best.pt",
        "hub",
        "do not use",
        "A very long run",
        warning="Published warning: training collapsed.",
        note="Its stored metrics do not show a collapse; compare them with those measured here.",
        stored=Numbers(coverage=1.0, hierarchy_a=-0.7318, hierarchy_b=-0.83205, norm_v0=0.844, norm_v9=0.302),
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    Entry(
        "v5_11_progressive/best.pt",
        "hub",
        "experimental",
        "Progressive unfreezing",
        warning="Published warning: inverted hierarchy of encoder B (+0.78).",
        note=_NOT_STRICT,
        claimed=Numbers(hierarchy_b=0.78),
        stored=Numbers(coverage=0.99878, hierarchy_a=-0.7695, hierarchy_b=-0.8299, norm_v0=0.861, norm_v9=0.055),
        architecture="dual projection, H64 L1, dropout",
        max_radius=0.95,
    ),
    Entry(
        "v5_11/best.pt",
        "hub",
        "experimental",
        "The first dual-encoder run",
        stored=Numbers(coverage=1.0, hierarchy_a=-0.6393, hierarchy_b=-0.8302, norm_v0=0.813, norm_v9=0.073),
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    Entry(
        "v5_5/latest.pt",
        "hub",
        "base",
        "Euclidean base model, epoch 103",
        note="No projection: there is no ball, and radius is the Euclidean norm of the latent mean.",
        claimed=Numbers(coverage=1.0),
        stored=Numbers(coverage=1.0),
        architecture="Euclidean, two decoders",
    ),
    Entry(
        "v5_5/best.pt",
        "hub",
        "base",
        "Euclidean base model, epoch 3",
        note="An early epoch, despite its name; latest.pt is the trained one.",
        architecture="Euclidean, two decoders",
    ),
    Entry("codon_vae_all.pt", "hub", "another model", "Codon encoder, all sequences", architecture="codon encoder"),
    Entry("codon_vae_hiv.pt", "hub", "another model", "Codon encoder, HIV sequences", architecture="codon encoder"),
    Entry("aa_vae_all.pt", "hub", "another model", "Amino-acid encoder", architecture="amino-acid encoder"),
)

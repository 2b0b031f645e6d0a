"""The codon and amino-acid VAE as a torch module whose parameter names are the published ones.

Axes: B batch, L = 100 tokens, K kinds of token (64 codons, 21 amino acids), D = 16. A Euclidean VAE of the first 100
tokens of a sequence:

    tokens (B, L) -> embedding (B, L, 16) -> 1600 -> 128 -> 128 -> mu, log-variance (B, D)
    mu (B, D) -> 128 -> 128 -> logits (B, L, K)

Shapes are those of the published files. A file does not show the activations; ReLU is assumed, as in the ternary
networks of the same authors. Inference uses the posterior mean, never a sample.
"""

from dataclasses import dataclass
from typing import Final, Literal

from torch import Tensor, nn

from tvae.sequences.fasta import LENGTH, TOKENS, Alphabet

LATENT: Final = 16  # D
EMBEDDING: Final = 16  # numbers per token
HIDDEN: Final = 128

EmbeddingName = Literal["codon_embed", "embed"]
EMBEDDING_NAMES: Final[tuple[EmbeddingName, ...]] = ("codon_embed", "embed")


@dataclass(frozen=True)
class SequenceConfig:
    """Everything that determines the network's shape and parameter names."""

    alphabet: Alphabet = "codons"
    embedding: EmbeddingName = "embed"  # codon_embed in codon_vae_hiv.pt

    @property
    def tokens(self) -> int:
        """K, kinds of token."""
        return TOKENS[self.alphabet]


class TokenEmbedding(nn.Module):
    """Tokens (B, L) -> (B, L, 16)."""

    def __init__(self, tokens: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, EMBEDDING)

    def forward(self, tokens: Tensor) -> Tensor:
        """The vector of each token."""
        vectors: Tensor = self.embedding(tokens)
        return vectors


class SequenceVAE(nn.Module):
    """A VAE of 100 tokens."""

    def __init__(self, config: SequenceConfig) -> None:
        super().__init__()
        self.config = config
        self.add_module(config.embedding, TokenEmbedding(config.tokens))
        self.encoder = nn.Sequential(
            nn.Linear(LENGTH * EMBEDDING, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU()
        )
        self.fc_mu = nn.Linear(HIDDEN, LATENT)
        self.fc_logvar = nn.Linear(HIDDEN, LATENT)
        self.decoder = nn.Sequential(
            nn.Linear(LATENT, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, LENGTH * config.tokens),
        )

    def encode(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens (B, L) in 0..K-1 -> posterior mean and log-variance, each (B, D)."""
        vectors = self.get_submodule(self.config.embedding)(tokens)  # (B, L, 16)
        hidden = self.encoder(vectors.flatten(1))
        return self.fc_mu(hidden), self.fc_logvar(hidden)

    def decode(self, latent: Tensor) -> Tensor:
        """Latent (B, D) -> logits (B, L, K)."""
        logits: Tensor = self.decoder(latent)
        return logits.reshape(len(latent), LENGTH, self.config.tokens)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Posterior mean (B, D), and the logits (B, L, K) at it."""
        mu, _ = self.encode(tokens)
        return mu, self.decode(mu)

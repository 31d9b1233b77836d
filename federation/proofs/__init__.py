"""Proofs inside documents: made for what we publish, checked in what others pass on."""

from federation.proofs.integrity import add_proof
from federation.proofs.vouching import has_proof, verify_linked_data, verify_proof

__all__ = ["add_proof", "has_proof", "verify_linked_data", "verify_proof"]

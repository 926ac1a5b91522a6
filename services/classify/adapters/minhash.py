"""MinHash signatures by rensa, with a seed that is part of the format."""

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

VALUES = 16
SEED = 20260
WIDTH = 8 * VALUES
"""Hex digits of one signature."""


class RensaSigner:
    """Signs sets of shingle hashes; stored signatures stay comparable while the seed stands."""

    def sign(self, shingles: NDArray[np.uint64], starts: NDArray[np.int64]) -> list[str]:
        """Return one signature a text."""
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            shingles, starts.astype(np.uint64), VALUES, SEED
        )
        digits = np.array(matrix.to_rows(), ">u4").tobytes().hex()
        signed = np.diff(starts).astype(bool).tolist()
        return [
            digits[row * WIDTH : (row + 1) * WIDTH] if some else ""
            for row, some in enumerate(signed)
        ]

"""MinHash signatures by rensa, with a seed that is part of the format."""

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

VALUES = 16
SEED = 20260


class RensaSigner:
    """Signs sets of shingle hashes; stored signatures stay comparable while the seed stands."""

    def sign(self, shingles: NDArray[np.uint64], starts: NDArray[np.int64]) -> list[str]:
        """Return one signature a text."""
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            shingles, starts.astype(np.uint64), VALUES, SEED
        )
        empty = (np.diff(starts) == 0).tolist()
        return [
            "" if none else "".join(f"{value:016x}" for value in row)
            for row, none in zip(matrix.to_rows(), empty, strict=True)
        ]

"""MinHash signatures by rensa, with a seed that is part of the format."""

from struct import Struct

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

VALUES = 16
SEED = 20260
_packed = Struct(f">{VALUES}I").pack


class RensaSigner:
    """Signs sets of shingle hashes; stored signatures stay comparable while the seed stands."""

    def sign(self, shingles: NDArray[np.uint64], starts: NDArray[np.int64]) -> list[str]:
        """Return one signature a text."""
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            shingles, starts.astype(np.uint64), VALUES, SEED
        )
        signed = zip(matrix.to_rows(), np.diff(starts).tolist(), strict=True)
        return [_packed(*row).hex() if some else "" for row, some in signed]

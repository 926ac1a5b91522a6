"""What the platform answers when it will not: codes, statuses and words of the wire."""

from typing import Final

ERRORS: Final[dict[int, tuple[int, str]]] = {
    10001: (500, "System error"),
    10002: (503, "Service unavailable"),
    10009: (503, "Too many pending tasks, system is busy"),
    10006: (400, "Source parameter(appkey) is missing"),
    10008: (400, "Param error, see doc for more info"),
    10016: (400, "Error: miss required parameter (%s), see doc for more info."),
    10017: (400, "Parameter (%s)'s value invalid"),
    10020: (404, "Request API not found"),
    10021: (405, "HTTP method is not supported for this request"),
    10022: (403, "IP requests out of rate limit"),
    10023: (403, "User requests out of rate limit"),
    10024: (403, "User requests for (%s) out of rate limit"),
    20003: (400, "User does not exists"),
    20008: (400, "Content is null"),
    20012: (400, "Text too long, please input text less than 140 characters"),
    20013: (400, "Text too long, please input text less than 300 characters"),
    20019: (400, "Repeat content"),
    20101: (400, "Target weibo does not exist"),
    20201: (400, "Target weibo comment does not exist"),
    20203: (400, "Not your own comment"),
    20301: (400, "Cannot send private message to user who is not your follower"),
    20306: (400, "Repeat message text"),
    21301: (401, "Auth failed"),
    21315: (401, "Token expired"),
    21317: (401, "Token rejected"),
    21322: (400, "redirect_uri_mismatch"),
    21323: (400, "invalid_request"),
    21324: (400, "invalid_client"),
    21325: (400, "invalid_grant"),
    21332: (401, "invalid_access_token"),
    26403: (403, "Message was already answered or its window has closed"),
}
FIRST_SERVICE_CODE: Final = 20000


class WeiboError(Exception):
    """One refusal in the platform's own terms."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status, words = ERRORS.get(code, (400, "Unknown error"))
        self.words = words.replace("%s", detail)

    def body(self, path: str) -> dict[str, object]:
        """Return the error document; codes of services are strings, others numbers, as seen."""
        code: object = str(self.code) if self.code >= FIRST_SERVICE_CODE else self.code
        return {"request": path, "error_code": code, "error": self.words}

"""Sign-in at the local Hub: an OpenID provider for Gradio's own sign-in code, like that of the real Hub.

`/oauth/authorize` signs every user in as VISITOR and redirects back with a code. The app exchanges the code and its
secret for the visitor's token. The identity is a JSON web token signed with RS256, which the app verifies.
"""

import base64
import secrets
import time
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "the-app", "the-apps-own-password"
VISITOR = "vera"
VISITOR_TOKEN = "hf_oauth_" + "eyJ2ZXJhIjoi.visitor-visitor_visitor"  # in the format of the Hub's tokens


@cache
def signing_key() -> RSAKey:
    """A key for the whole run, since generating one is slow."""
    return RSAKey.generate_key(2048, {"kid": "local", "use": "sig", "alg": "RS256"})


class OpenIdProvider:
    """The routes below `/oauth` and their discovery document. `hub` has `url` and `tokens`."""

    def __init__(self, hub: Any) -> None:
        self.hub = hub
        self.codes: dict[str, dict[str, str]] = {}  # code -> parameters of its request
        self.scopes: list[str] = []  # requested scopes
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/oauth/authorize", self._authorize),
                Route("/oauth/token", self._token, methods=["POST"]),
                Route("/oauth/userinfo", self._userinfo),
                Route("/oauth/keys", self._keys),
            ]
        )

    async def _configuration(self, request: Request) -> Response:
        places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        endpoints = {f"{name}_endpoint": f"{self.hub.url}/oauth/{place}" for name, place in places.items()}
        return JSONResponse(
            {
                "issuer": self.hub.url,
                "jwks_uri": f"{self.hub.url}/oauth/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                **endpoints,
            }
        )

    async def _authorize(self, request: Request) -> Response:
        parameters = dict(request.query_params)
        self.scopes.append(parameters["scope"])
        code = secrets.token_urlsafe(8)
        self.codes[code] = parameters
        back = urlencode({"code": code, "state": parameters["state"]})
        return RedirectResponse(
            f"{parameters['redirect_uri']}{'&' if '?' in parameters['redirect_uri'] else '?'}{back}", 302
        )

    async def _token(self, request: Request) -> Response:
        body = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        scheme, _, password = request.headers.get("authorization", "").partition(" ")
        known = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        parameters = self.codes.pop(body.get("code", ""), None)
        if (
            (scheme, password) != ("Basic", known)
            or parameters is None
            or parameters["redirect_uri"] != body["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.hub.tokens[VISITOR_TOKEN] = VISITOR
        now = int(time.time())
        claims = {"iss": self.hub.url, "aud": CLIENT_ID, "iat": now, "exp": now + 3600, "nonce": parameters["nonce"]}
        identity = jwt.encode({"alg": "RS256", "kid": "local"}, {**claims, **self._person()}, signing_key())
        answer = {
            "access_token": VISITOR_TOKEN,
            "token_type": "bearer",
            "expires_in": 3600,
            "scope": parameters["scope"],
        }
        return JSONResponse({**answer, "id_token": identity})

    async def _userinfo(self, request: Request) -> Response:
        return JSONResponse(self._person())

    async def _keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [signing_key().as_dict(private=False)]})

    def _person(self) -> dict[str, str]:
        page = f"{self.hub.url}/{VISITOR}"
        return {"sub": "1", "name": "Vera", "preferred_username": VISITOR, "profile": page, "picture": f"{page}.png"}

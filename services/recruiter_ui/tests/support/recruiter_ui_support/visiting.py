"""A recruiter without a browser: the login form, and hidden fields of forms."""

from __future__ import annotations

import re
from html import unescape

import httpx2

from recruiter_ui_support.running import EMAIL, PASSWORD


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return unescape(found.group(1))


async def log_in(
    client: httpx2.AsyncClient, email: str = EMAIL, password: str = PASSWORD, following: str = "/"
) -> httpx2.Response:
    page = await client.get("/login", params={"next": following})
    form = {"email": email, "password": password, "csrf": hidden(page.text, "csrf"), "next": following}
    return await client.post("/login", data=form)

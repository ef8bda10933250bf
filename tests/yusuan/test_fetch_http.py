"""Fetching by http: what servers do wrong, and what is asked of them."""

from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path

import pytest

from yusuan.fetch import CacheError, FetchSettings, fetch_inputs
from yusuan.fetch.cache import Cache, sha256_of
from yusuan.inputs import Given, Input

from .webserver import Answer, Asked, Site, serving

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 400 + b"\n%%EOF\n"
OLD = formatdate(1_700_000_000, usegmt=True)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def settings(tmp_path: Path) -> FetchSettings:
    return FetchSettings(
        cache=tmp_path / "cache", delay=0, backoff=0.01, max_wait=3, read=5, connect=5, total=20
    )


def fetch(address: str, settings: FetchSettings) -> Input:
    (one,) = fetch_inputs([Input(address)], settings)
    return one


def body_of(one: Input) -> bytes:
    assert one.error is None, one.error
    return Path(one.file).read_bytes()


def test_a_document_lands_in_the_cache_under_its_hash(site: Site, settings: FetchSettings) -> None:
    address = site.root + "/%E9%A2%84%E7%AE%97.pdf"
    site.page("/%E9%A2%84%E7%AE%97.pdf", Answer(200, PDF, {"ETag": '"1"', "Last-Modified": OLD}))
    given = Given(province="北京市", year=2026)
    (one,) = fetch_inputs([Input(site.root + "/预算.pdf", given=given)], settings)
    assert body_of(one) == PDF
    assert (one.source, one.given) == (site.root + "/预算.pdf", given)
    assert Path(one.file).stem == sha256_of(Path(one.file))
    assert one.fetched is not None
    assert (one.fetched.url, one.fetched.size) == (address, len(PDF))
    assert (one.fetched.etag, one.fetched.last_modified) == ('"1"', OLD)
    assert site.asked[0].path == "/robots.txt"
    assert site.asked[-1].headers["User-Agent"].startswith("yusuan/")


def test_not_there(site: Site, settings: FetchSettings) -> None:
    one = fetch(site.root + "/none.pdf", settings)
    assert one.code == "download-failed"
    assert one.error == "the server answered 404: there is no such file; check the address."
    assert site.count("/none.pdf") == 1, "a 404 is not asked again"


def test_retry_after_is_waited_for(site: Site, settings: FetchSettings) -> None:
    answers = Answer(429, headers={"Retry-After": "1"}), Answer(200, PDF)
    assert body_of(fetch(site.page("/x.pdf", *answers), settings)) == PDF
    first, second = (asked.at for asked in site.asked if asked.path == "/x.pdf")
    assert second - first >= 1


def test_a_server_that_asks_for_too_much_patience_is_left(
    site: Site, settings: FetchSettings
) -> None:
    one = fetch(site.page("/x.pdf", Answer(503, headers={"Retry-After": "3600"})), settings)
    assert one.error is not None
    assert "asks to wait 3600 s" in one.error
    assert site.count("/x.pdf") == 1


def test_a_passing_error_is_tried_again(site: Site, settings: FetchSettings) -> None:
    address = site.page("/x.pdf", Answer(503), Answer(502), Answer(200, PDF))
    assert body_of(fetch(address, settings)) == PDF
    lasting = fetch(site.page("/y.pdf", Answer(500)), settings)
    assert lasting.error == "the server answered 500; tried 4 times; run again later."
    assert site.count("/y.pdf") == 4


def ranges(site: Site, path: str, versions: list[tuple[str, bytes]], cut: int) -> str:
    """A server of ranges that breaks the first answer off; the n-th request sees version n."""

    def script(asked: Asked, nth: int) -> Answer:
        etag, body = versions[min(nth, len(versions) - 1)]
        headers = {"ETag": etag, "Accept-Ranges": "bytes"}
        wanted = asked.headers.get("Range")
        if wanted and asked.headers.get("If-Range") == etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return Answer(206, body[start:], headers)
        return Answer(200, body, headers, cut=cut if nth == 0 else None)

    return site.script(path, script)


def test_a_broken_download_goes_on_where_it_ended(site: Site, settings: FetchSettings) -> None:
    address = ranges(site, "/x.pdf", [('"a"', PDF)], cut=50_000)
    assert body_of(fetch(address, settings)) == PDF
    assert site.count("/x.pdf") == 2
    assert site.last("/x.pdf")["Range"] == "bytes=50000-"
    assert not list((settings.cache / "parts").iterdir())


def test_a_download_goes_on_in_the_next_run(site: Site, settings: FetchSettings) -> None:
    address = ranges(site, "/x.pdf", [('"a"', PDF)], cut=50_000)
    one = fetch(address, replace(settings, attempts=1))
    assert one.error is not None
    assert "broke off after 50000 bytes" in one.error
    assert body_of(fetch(address, settings)) == PDF
    assert site.last("/x.pdf")["Range"] == "bytes=50000-"


def test_a_file_that_changed_meanwhile_is_not_glued_together(
    site: Site, settings: FetchSettings
) -> None:
    new = PDF.replace(b"%PDF-1.7", b"%PDF-1.4")
    address = ranges(site, "/x.pdf", [('"a"', PDF), ('"b"', new)], cut=50_000)
    assert body_of(fetch(address, settings)) == new
    assert site.last("/x.pdf")["If-Range"] == '"a"'


def test_a_part_that_nobody_asked_for_is_not_taken_for_the_whole(
    site: Site, settings: FetchSettings
) -> None:
    some = {"ETag": '"a"', "Content-Range": f"bytes 0-999/{len(PDF)}"}
    one = fetch(site.page("/x.pdf", Answer(206, PDF[:1000], some)), settings)
    assert one.error is not None
    later = fetch(site.page("/y.pdf", Answer(206, PDF[:1000], some), Answer(200, PDF)), settings)
    assert body_of(later) == PDF


def test_an_answer_that_cannot_be_decoded_fails_alone(site: Site, settings: FetchSettings) -> None:
    bad = Answer(200, b"no gzip", {"Content-Encoding": "gzip"})
    inputs = [Input(site.page("/x.pdf", bad)), Input(site.page("/y.pdf", Answer(200, PDF)))]
    x, y = fetch_inputs(inputs, settings)
    assert x.code == "download-failed"
    assert body_of(y) == PDF


def test_a_cache_that_cannot_be_written_ends_the_run(site: Site, settings: FetchSettings) -> None:
    settings.cache.write_bytes(b"a file")
    with pytest.raises(CacheError, match="cannot be made"):
        fetch(site.page("/x.pdf", Answer(200, PDF)), settings)
    settings.cache.unlink()
    (settings.cache / "objects").mkdir(parents=True)
    (settings.cache / "index").write_bytes(b"")
    with pytest.raises(CacheError):
        fetch(site.page("/x.pdf", Answer(200, PDF)), settings)


def test_without_a_strong_validator_a_download_begins_anew(
    site: Site, settings: FetchSettings
) -> None:
    weak = {"ETag": 'W/"a"'}
    address = site.page("/x.pdf", Answer(200, PDF, weak, cut=50_000), Answer(200, PDF, weak))
    assert body_of(fetch(address, settings)) == PDF
    assert "Range" not in site.last("/x.pdf")


def test_a_fresh_copy_is_not_asked_for_and_an_old_one_is_confirmed(
    site: Site, settings: FetchSettings
) -> None:
    def script(asked: Asked, nth: int) -> Answer:
        headers = {"ETag": '"a"', "Last-Modified": OLD}
        same = asked.headers.get("If-None-Match") == '"a"'
        return Answer(304, headers=headers) if same else Answer(200, PDF, headers)

    address = site.script("/x.pdf", script)
    first = fetch(address, settings)
    assert fetch(address, settings) == first
    assert site.count("/x.pdf") == 1
    assert body_of(fetch(address, replace(settings, max_age=-1))) == PDF
    assert site.count("/x.pdf") == 2
    assert site.last("/x.pdf")["If-Modified-Since"] == OLD


def test_a_version_that_cannot_be_sent_back_is_not(site: Site, settings: FetchSettings) -> None:
    headers = {"ETag": '"版本"'.encode().decode("latin-1"), "Last-Modified": "\x7f"}
    address = site.page("/x.pdf", Answer(200, PDF, headers))
    old = replace(settings, max_age=-1)
    assert body_of(fetch(address, old)) == PDF
    assert body_of(fetch(address, old)) == PDF
    assert not {"If-None-Match", "If-Modified-Since"} & site.last("/x.pdf").keys()


def test_a_bug_on_one_document_does_not_end_the_run(
    site: Site, settings: FetchSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str | None:
        raise KeyError("版本")

    monkeypatch.setattr("yusuan.fetch.http.web_page_reason", broken)
    one = fetch(site.page("/x.pdf", Answer(200, PDF)), settings)
    assert one.code == "download-failed"
    assert one.error == "could not be fetched: KeyError: '版本'. Please report it with the address."


def test_offline_asks_nobody(site: Site, settings: FetchSettings) -> None:
    address = site.page("/x.pdf", Answer(200, PDF))
    offline = replace(settings, offline=True, max_age=-1)
    missing = fetch(address, offline)
    assert missing.code == "not-cached"
    fetch(address, settings)
    asked = len(site.asked)
    assert body_of(fetch(address, offline)) == PDF
    assert len(site.asked) == asked


def test_a_damaged_copy_is_fetched_again(site: Site, settings: FetchSettings) -> None:
    address = site.page("/x.pdf", Answer(200, PDF))
    one = fetch(address, settings)
    Path(one.file).write_bytes(PDF[:100])
    assert Cache(settings.cache).entry(address) is None
    assert body_of(fetch(address, settings)) == PDF


def test_robots_txt_is_respected(site: Site, settings: FetchSettings) -> None:
    rules = b"User-agent: *\nDisallow: /secret/*.pdf$\nCrawl-delay: 0.2\n"
    site.page("/robots.txt", Answer(200, rules))
    site.page("/secret/x.pdf", Answer(200, PDF))
    addresses = [site.page(f"/{n}.pdf", Answer(200, PDF)) for n in range(3)]
    inputs = [Input(address) for address in (site.root + "/secret/x.pdf", *addresses)]
    secret, *others = fetch_inputs(inputs, replace(settings, per_host=3))
    assert secret.code == "download-not-allowed"
    assert [body_of(one) for one in others] == [PDF] * 3
    assert site.count("/robots.txt") == 1
    assert site.count("/secret/x.pdf") == 0
    times = sorted(asked.at for asked in site.asked if asked.path != "/robots.txt")
    assert min(later - sooner for sooner, later in pairwise(times)) >= 0.19


def test_a_redirect_does_not_get_round_robots_txt(site: Site, settings: FetchSettings) -> None:
    site.page("/robots.txt", Answer(200, b"User-agent: yusuan\nDisallow: /secret/\n"))
    site.page("/secret/x.pdf", Answer(200, PDF))
    address = site.page("/open.pdf", Answer(302, headers={"Location": "/secret/x.pdf"}))
    assert fetch(address, settings).code == "download-not-allowed"
    assert site.count("/secret/x.pdf") == 0


def test_nothing_is_asked_of_a_server_whose_robots_txt_is_in_trouble(
    site: Site, settings: FetchSettings
) -> None:
    site.page("/robots.txt", Answer(500))
    one = fetch(site.page("/x.pdf", Answer(200, PDF)), settings)
    assert one.error is not None
    assert "robots.txt could not be read (the server answered 500)" in one.error
    assert site.count("/x.pdf") == 0


LOGIN = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>统一身份
认证</title></head><form><input name=p type="password"></form></html>"""
LISTING = """<html><title>预算公开</title><a href="/a%20b.pdf">1</a><a href='/2.pdf'>2</a></html>"""


@pytest.mark.parametrize(
    ("page", "kind", "told"),
    [
        (LOGIN.encode("gb18030"), "application/pdf", "a login page “统一身份 认证”"),
        (LISTING.encode(), "text/html", "it links to PDF files (2; the first: /a%20b.pdf)"),
        (b"<div>busy</div>", "text/html;charset=utf-8", "a web page in place of the file"),
    ],
)
def test_a_web_page_is_no_document(
    site: Site, settings: FetchSettings, page: bytes, kind: str, told: str
) -> None:
    address = site.page("/x.pdf", Answer(200, page, {"Content-Type": kind}), Answer(200, PDF))
    one = fetch(address, settings)
    assert one.code == "html-not-pdf"
    assert one.error is not None
    assert told in one.error
    assert body_of(fetch(address, settings)) == PDF, "the page must not stay in the cache"


def test_a_pdf_is_one_whatever_the_server_calls_it(site: Site, settings: FetchSettings) -> None:
    answer = Answer(200, PDF, {"Content-Type": "text/html"})
    assert body_of(fetch(site.page("/x", answer), settings)) == PDF


def test_redirects_are_followed_so_far(site: Site, settings: FetchSettings) -> None:
    site.page("/x.pdf", Answer(200, PDF))
    one = fetch(site.page("/a", Answer(301, headers={"Location": "x.pdf"})), settings)
    assert body_of(one) == PDF
    assert one.source == site.root + "/a"
    assert one.fetched is not None
    assert one.fetched.url == site.root + "/x.pdf"


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("/a", "redirected in a circle"),
        ("file:///etc/passwd", "redirected to file:, which is not followed"),
        ("ftp://example.org/x.pdf", "redirected to ftp:"),
    ],
)
def test_redirects_that_are_not_followed(
    site: Site, settings: FetchSettings, location: str, told: str
) -> None:
    one = fetch(site.page("/a", Answer(302, headers={"Location": location})), settings)
    assert one.error is not None
    assert told in one.error
    assert site.count("/a") == 1


def test_a_long_chain_of_redirects_ends(site: Site, settings: FetchSettings) -> None:
    for n in range(20):
        site.page(f"/{n}", Answer(302, headers={"Location": f"/{n + 1}"}))
    one = fetch(site.root + "/0", settings)
    assert one.error is not None
    assert "redirected more than 5 times" in one.error


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "400000000"}])
def test_too_large(site: Site, settings: FetchSettings, headers: dict[str, str]) -> None:
    body = b"%PDF-1.7" + bytes(3 << 20)
    address = site.page("/x.pdf", Answer(200, body, headers))
    one = fetch(address, replace(settings, max_size=1 << 20))
    assert one.code == "download-too-large"
    assert one.error is not None
    assert "larger than the limit of 1 MiB" in one.error
    assert not list((settings.cache / "parts").iterdir())


def test_an_unreachable_host_costs_few_tries(settings: FetchSettings) -> None:
    with serving() as closed:
        pass
    inputs = [Input(f"{closed.root}/{n}.pdf") for n in range(8)]
    done = fetch_inputs(inputs, replace(settings, unreachable_after=3, attempts=2))
    errors = [one.error or "" for one in done]
    assert all("robots.txt could not be read" in error for error in errors[:3])
    assert all("left out: no connection to its host" in error for error in errors[3:])


@pytest.mark.parametrize("address", ["http://", "http://[::1/x.pdf", "https:///x.pdf"])
def test_what_is_no_address_fails_alone(address: str, settings: FetchSettings) -> None:
    one = fetch(address, settings)
    assert one.code == "download-failed"
    assert one.error is not None
    assert "correct it" in one.error


def test_order_and_local_files_stay(site: Site, settings: FetchSettings) -> None:
    inputs = [
        Input("local.pdf"),
        Input(site.page("/b.pdf", Answer(200, PDF))),
        Input("gone.pdf", "no such file."),
        Input(site.page("/a.pdf", Answer(200, PDF))),
    ]
    told: list[str] = []
    done = fetch_inputs(inputs, settings, lambda one: told.append(one.source))
    assert [one.source for one in done] == [one.source for one in inputs]
    assert (done[0], done[2]) == (inputs[0], inputs[2])
    assert sorted(told) == sorted([inputs[1].source, inputs[3].source])
    assert done[1].file == done[3].file, "the same bytes are kept once"

//! Writes the Python package's synchronous modules of the asynchronous ones.
//!
//! The two differ by `async` and `await`, by the names of what they are made of, and by few words of their
//! documentation.

use anyhow::{Context as _, Result, ensure};

use crate::shell::root;

const FOLDER: &str = "bindings/python/src/stablevps";

/// A module for asyncio, and the one that is made of it.
struct Pair {
    source: &'static str,
    made: &'static str,
    /// Each stands in the source once.
    words: &'static [(&'static str, &'static str)],
}

const PAIRS: [Pair; 4] = [
    Pair {
        source: "_async_client.py",
        made: "_client.py",
        words: &CLIENT,
    },
    Pair {
        source: "_async_purchases.py",
        made: "_purchases.py",
        words: &PURCHASES,
    },
    Pair {
        source: "_async_watch.py",
        made: "_watch.py",
        words: &WATCH,
    },
    Pair {
        source: "stores/_async_postgres.py",
        made: "stores/_postgres.py",
        words: &POSTGRES,
    },
];

const CLIENT: [(&str, &str); 3] = [
    (
        "\
The asynchronous client.

``_client.py`` is made of this file by ``cargo xtask generate``, so an endpoint is added here alone.
",
        "\
The synchronous client.

Written by ``cargo xtask generate`` from ``_async_client.py``: change that file, not this one.
",
    ),
    (
        "The STABLEVPS API, for asyncio.",
        "The STABLEVPS API, synchronous.",
    ),
    (
        "\
    One client serves many tasks at once. Requests are made off the event loop. Cancelling a task
    ends its wait or its request at once.

    A purchase is an :class:`AsyncPurchase`. When it is cancelled, its ``token`` stays; the
    ``CancelledError`` carries it, too, where asyncio does not replace that by one of its own.
",
        "\
    One client may be used from many threads at once. A forked child may keep using it: it opens its
    own connections.

    Ctrl-C ends a wait or a request at once. When it ends a purchase, the ``KeyboardInterrupt``
    carries its ``token``.
",
    ),
];

const PURCHASES: [(&str, &str); 3] = [
    (
        "\
Recorded purchases, of the asynchronous client.

``_purchases.py`` is made of this file by ``cargo xtask generate``.
",
        "\
Recorded purchases, of the synchronous client.

Written by ``cargo xtask generate`` from ``_async_purchases.py``: change that file, not this one.
",
    ),
    ("from ._async_purchase import AsyncPurchase\n", ""),
    (
        "import PurchaseRecord,",
        "import Provisioned, PurchaseRecord,",
    ),
];

const WATCH: [(&str, &str); 2] = [
    (
        "\
A watch over the account's VPS, in an event loop.

``_watch.py`` is made of this file by ``cargo xtask generate``.
",
        "\
A watch over the account's VPS.

Written by ``cargo xtask generate`` from ``_async_watch.py``: change that file, not this one.
",
    ),
    (
        "\
A watch over the account's VPS: an asynchronous iterator of events, as a rule without an end.

    It looks while it is asked for the next event, and has no task or connection of its own between
    two events. Asking may be cancelled at any time: the next call goes on where this one was, no
    event is lost, and no reboot is sent twice.
",
        "\
A watch over the account's VPS: an iterator of events, as a rule without an end.

    It looks while it is asked for the next event, and has no thread or connection of its own
    between two events. Ctrl-C ends a wait or a request at once; asked again, the watch goes on where
    it was, and no reboot is sent twice. :meth:`aclose`, from another thread too, ends it for good.
",
    ),
];

const POSTGRES: [(&str, &str); 4] = [
    (
        "\
The store in a PostgreSQL database, in an event loop: ``pip install 'stablevps[postgres]'``.

``_postgres.py`` is made of this file by ``cargo xtask generate``.
",
        "\
The store in a PostgreSQL database: ``pip install 'stablevps[postgres]'``.

Written by ``cargo xtask generate`` from ``_async_postgres.py``: change that file, not this one.
",
    ),
    ("import Awaitable, Callable", "import Callable"),
    (
        "Connect: TypeAlias = Callable[[], Awaitable[Connection]]",
        "Connect: TypeAlias = Callable[[], Connection]",
    ),
    (
        "run: Callable[[Connection], Awaitable[str]]",
        "run: Callable[[Connection], str]",
    ),
];

const NAMES: [(&str, &str); 13] = [
    // In a thread, the purchase is its end.
    ("-> AsyncPurchase:", "-> Provisioned:"),
    ("import AsyncPurchase, purchase", "import purchase"),
    ("async def ", "def "),
    ("async with ", "with "),
    ("async for ", "for "),
    ("__aiter__", "__iter__"),
    ("__anext__", "__next__"),
    ("await ", ""),
    ("_async_", "_"),
    ("__aenter__", "__enter__"),
    ("__aexit__", "__exit__"),
    ("aclose", "close"),
    ("import asyncio, ", "import "),
];

/// The synchronous modules: the place of each, and its text.
pub fn modules() -> Result<Vec<(String, String)>> {
    PAIRS.iter().map(module).collect()
}

fn module(pair: &Pair) -> Result<(String, String)> {
    let path = format!("{FOLDER}/{}", pair.source);
    let mut text = std::fs::read_to_string(root().join(&path)).with_context(|| path.clone())?;
    for (asynchronous, synchronous) in pair.words {
        ensure!(
            text.matches(asynchronous).count() == 1,
            "{path} does not say once: {asynchronous}"
        );
        text = text.replace(asynchronous, synchronous);
    }
    // Its name of the source stays.
    let (head, body) = text
        .split_once("\nfrom __future__")
        .with_context(|| path.clone())?;
    let mut body = examples(body);
    for (asynchronous, synchronous) in NAMES {
        body = body.replace(asynchronous, synchronous);
    }
    let text = format!("{head}\nfrom __future__{}", unprefixed(&body));
    Ok((format!("{FOLDER}/{}", pair.made), text))
}

/// Without the function that an asynchronous example runs in.
fn examples(text: &str) -> String {
    let mut lines = Vec::new();
    let mut is_inside = false;
    for line in text.lines() {
        let code = line.trim_start();
        let indent = line.get(..line.len() - code.len()).unwrap_or_default();
        if code.starts_with(">>> async def main(") {
            is_inside = true;
        } else if code.starts_with(">>> asyncio.run(") {
            is_inside = false;
        } else if let (true, Some(inner)) = (is_inside, code.strip_prefix("...     ")) {
            let prompt = if inner.starts_with(' ') { "..." } else { ">>>" };
            lines.push(format!("{indent}{prompt} {inner}"));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n") + "\n"
}

/// `AsyncClient` becomes `Client`; the word `asyncio` stays.
fn unprefixed(text: &str) -> String {
    let mut parts = text.split("Async");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if !part.starts_with(|c: char| c.is_ascii_uppercase()) {
            result.push_str("Async");
        }
        result.push_str(part);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_runs_without_its_event_loop() {
        let source = "\
    >>> import asyncio, stablevps
    >>> async def main() -> None:
    ...     async with stablevps.AsyncClient.simulated() as client:
    ...         wallet = await client.wallet.get()
    ...     print(wallet.balance)
    >>> asyncio.run(main())
    100.00
";
        let expected = "\
    >>> import asyncio, stablevps
    >>> async with stablevps.AsyncClient.simulated() as client:
    ...     wallet = await client.wallet.get()
    >>> print(wallet.balance)
    100.00
";
        assert_eq!(examples(source), expected);
    }

    #[test]
    fn only_names_lose_their_prefix() {
        let source = "class AsyncKeys: AsyncClock for asyncio, Async, AsyncSimulatedClient";
        let expected = "class Keys: Clock for asyncio, Async, SimulatedClient";
        assert_eq!(unprefixed(source), expected);
    }
}

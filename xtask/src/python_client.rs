//! Writes the Python package's synchronous client of the asynchronous one.
//!
//! The two differ by `async` and `await`, by the names of what they are made of, and by few words of their
//! documentation.

use anyhow::{Context as _, Result, ensure};

use crate::shell::root;

const SOURCE: &str = "bindings/python/src/stablevps/_async_client.py";

/// Each stands in the source once.
const WORDS: [(&str, &str); 3] = [
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

const NAMES: [(&str, &str); 10] = [
    // In a thread, the purchase is its end.
    ("-> AsyncPurchase:", "-> Provisioned:"),
    ("import AsyncPurchase, purchase", "import purchase"),
    ("async def ", "def "),
    ("async with ", "with "),
    ("await ", ""),
    ("_async_", "_"),
    ("__aenter__", "__enter__"),
    ("__aexit__", "__exit__"),
    ("aclose", "close"),
    ("import asyncio, ", "import "),
];

/// The synchronous client's text.
pub fn module() -> Result<String> {
    let source = root().join(SOURCE);
    let mut text = std::fs::read_to_string(&source).with_context(|| SOURCE.to_owned())?;
    for (asynchronous, synchronous) in WORDS {
        ensure!(
            text.matches(asynchronous).count() == 1,
            "{SOURCE} does not say once: {asynchronous}"
        );
        text = text.replace(asynchronous, synchronous);
    }
    // Its name of the source stays.
    let (head, body) = text.split_once("\nfrom __future__").context(SOURCE)?;
    let mut body = examples(body);
    for (asynchronous, synchronous) in NAMES {
        body = body.replace(asynchronous, synchronous);
    }
    Ok(format!("{head}\nfrom __future__{}", unprefixed(&body)))
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

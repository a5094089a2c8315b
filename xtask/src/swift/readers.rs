//! Makes the code that the binding generator writes faster and smaller.
//!
//! That code reads a record through Foundation's `Data`, and copies every number and every text into a buffer
//! of its own first: 6 us for a VPS. A pointer that moves over the same bytes takes 1 us. It also makes all
//! records comparable, which nothing needs. Everything else stays as it is, and a generator that writes other
//! code fails here.

use anyhow::{Context as _, Result, ensure};

const READER: &str = "\
/// The unread part of a buffer, which must outlive it.
public struct UniffiReader {
    fileprivate var next: UnsafeRawPointer
    fileprivate let end: UnsafeRawPointer

    fileprivate init(_ buffer: RustBuffer) {
        let bytes = UnsafeRawBufferPointer(start: buffer.data, count: Int(buffer.len))
        next = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
        end = next + bytes.count
    }

    @inline(__always)
    fileprivate mutating func take(_ count: Int) throws -> UnsafeRawPointer {
        guard count >= 0, count <= end - next else {
            throw UniffiInternalError.bufferOverflow
        }
        defer { next += count }
        return next
    }
}

// Reads an integer in big-endian order, and advances.
@inline(__always)
fileprivate func readInt<T: FixedWidthInteger>(_ reader: inout UniffiReader) throws -> T {
    T(bigEndian: try reader.take(MemoryLayout<T>.size).loadUnaligned(as: T.self))
}

// Reads an arbitrary number of bytes.
@inline(__always)
fileprivate func readBytes(_ reader: inout UniffiReader, count: Int) throws -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: try reader.take(count), count: count)
}

fileprivate func hasRemaining(_ reader: UniffiReader) -> Bool {
    reader.next != reader.end
}

";

/// What is replaced, word for word.
const REPLACED: [(&str, &str); 4] = [
    (
        "createReader(data: Data(rustBuffer: buf))",
        "UniffiReader(buf)",
    ),
    ("(data: Data, offset: Data.Index)", "UniffiReader"),
    (": Equatable, Hashable {", " {"),
    (": Swift.Error, Equatable, Hashable {", ": Swift.Error {"),
];

/// The same module, faster and smaller.
pub fn faster(module: &str) -> Result<String> {
    let unknown = "the binding generator writes other code than is known here";
    let begin = module
        .find("fileprivate func createReader(data: Data)")
        .context(unknown)?;
    let end = module
        .find("// Define writer functionality.")
        .context(unknown)?;
    ensure!(begin < end, unknown);
    let (head, rest) = module.split_at(begin);
    let (_, tail) = rest.split_at(end - begin);
    let mut text = format!("{head}{READER}{tail}");
    for (from, to) in REPLACED {
        ensure!(text.contains(from), unknown);
        text = text.replace(from, to);
    }
    Ok(text)
}

//! Members of archives, read in place: no name of a member is ever used as a path.

use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Component, Path};

use zip::CompressionMethod as Method;

use crate::document::InputFormat;
use crate::document::source::ByteStream;
use crate::document::unpack::{ReadSeek, Sink, Stream, Unpacker, uncompressed};
use crate::error::{Error, Result};

/// Cap on the members of one archive.
const MAX_MEMBERS: usize = 10_000_000;

/// The name of a member with the separators of archives; programs of Windows write their own.
fn slashed(name: &str) -> String {
    name.replace('\\', "/")
}

/// Whether a member is to be read: none that is hidden or of an unknown kind.
///
/// # Errors
/// A name that leads out of the archive, which no honest tool writes.
fn is_wanted(archive: &str, name: &str) -> Result<bool> {
    let path = Path::new(name);
    let leads_out = path.components().any(|c| !matches!(c, Component::Normal(_) | Component::CurDir));
    // A drive of Windows, on any system.
    if leads_out || name.as_bytes().get(1) == Some(&b':') {
        let message = format!("member \"{name}\" leads out of the archive; it is passed over");
        return Err(Error::data(message).in_file(Path::new(archive)));
    }
    let hidden = |c: Component<'_>| {
        let name = c.as_os_str().to_string_lossy();
        name.starts_with('.') && name != "." || name == "__MACOSX"
    };
    let ending = Path::new(uncompressed(name)).extension().and_then(|e| e.to_str()).unwrap_or_default();
    Ok(!path.components().any(hidden) && InputFormat::ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

fn too_many(archive: &str) -> Result<crate::document::Raw> {
    Err(Error::data(format!("more than {MAX_MEMBERS} members; unpack it")).in_file(Path::new(archive)))
}

pub(super) fn tar(inside: Unpacker<'_>, name: &str, stream: Stream<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let reader: ByteStream<'_> = match stream {
        Stream::Pipe(reader) => reader,
        Stream::File(reader) => Box::new(reader),
    };
    let fault = |e| Error::io(Path::new(name), "read the archive", damaged(e));
    let mut archive = tar::Archive::new(BufReader::with_capacity(64 << 10, reader));
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return sink(Err(fault(error))),
    };
    for (n, entry) in entries.enumerate() {
        let entry = match entry {
            _ if n >= MAX_MEMBERS => return sink(too_many(name)),
            Ok(entry) => entry,
            // What follows a broken header can not be found.
            Err(error) => return sink(Err(fault(error))),
        };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let member = slashed(&String::from_utf8_lossy(&entry.path_bytes()));
        match is_wanted(name, &member) {
            Ok(true) => {
                let path = format!("{name}/{}", member.trim_start_matches("./"));
                // Its end is known: a member that is cut off says so.
                let size = entry.size();
                inside.read(&path, Stream::Pipe(Box::new(Whole { reader: entry, left: size })), sink)?;
            }
            Ok(false) => {}
            Err(error) => sink(Err(error))?,
        }
    }
    ControlFlow::Continue(())
}

/// A member that must have so many bytes.
struct Whole<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let n = self.reader.read(bytes)?;
        if n == 0 && self.left > 0 && !bytes.is_empty() {
            return Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the archive is cut off"));
        }
        self.left = self.left.saturating_sub(n as u64);
        Ok(n)
    }
}

pub(super) fn zip(inside: Unpacker<'_>, name: &str, file: Box<dyn ReadSeek>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let fault = |path: &str, e: zip::result::ZipError| {
        Error::io(Path::new(path), "read the archive", std::io::Error::new(std::io::ErrorKind::InvalidData, e))
    };
    let mut archive = match zip::ZipArchive::new(BufReader::new(file)) {
        Ok(archive) => archive,
        Err(error) => return sink(Err(fault(name, error))),
    };
    if archive.len() > MAX_MEMBERS {
        return sink(too_many(name));
    }
    for i in 0..archive.len() {
        let inner = match archive.name_for_index(i) {
            Some(Ok(inner)) => slashed(&inner),
            Some(Err(error)) => {
                sink(Err(fault(name, error)))?;
                continue;
            }
            None => break,
        };
        let member = match archive.by_index(i) {
            Ok(member) => member,
            Err(_) if is_wanted(name, &inner).is_ok_and(|wanted| !wanted) => continue,
            Err(error) => {
                sink(Err(fault(&format!("{name}/{inner}"), error)))?;
                continue;
            }
        };
        if !member.is_file() {
            continue;
        }
        match is_wanted(name, &inner) {
            Ok(true) => {
                let path = format!("{name}/{inner}");
                if let Some(error) = packed_otherwise(&path, member.compression()) {
                    sink(Err(error))?;
                    continue;
                }
                let packed = member.compressed_size().max(1);
                let cap = inside.options.max_ratio.saturating_mul(packed).max(16 << 20);
                inside.read(&path, Stream::Pipe(Box::new(Limited { reader: member, left: cap })), sink)?;
            }
            Ok(false) => {}
            Err(error) => sink(Err(error))?,
        }
    }
    ControlFlow::Continue(())
}

/// The error of a member that is packed in a way that is not read.
fn packed_otherwise(path: &str, method: Method) -> Option<Error> {
    let how = match method {
        Method::Stored | Method::Deflated => return None,
        Method::DEFLATE64 => "Deflate64",
        Method::BZIP2 => "bzip2",
        Method::LZMA => "LZMA",
        Method::ZSTD => "Zstandard",
        Method::XZ => "xz",
        _ => "an unusual method",
    };
    let message =
        format!("packed with {how}, which is not read in zip archives; unpack the archive, or pack it with Deflate");
    Some(Error::data(message).in_file(Path::new(path)))
}

/// A member of a zip that may expand to so many bytes.
struct Limited<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let n = self.reader.read(bytes).map_err(damaged)?;
        if n as u64 > self.left {
            let message = "a member that expands beyond the cap; --max-ratio raises it";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, message));
        }
        self.left -= n as u64;
        Ok(n)
    }
}

/// Whatever these readers complain of (but an interrupted call) is the data's fault or the stream's below, which says so.
fn damaged(error: std::io::Error) -> std::io::Error {
    match error.kind() {
        std::io::ErrorKind::Other | std::io::ErrorKind::InvalidInput => {
            std::io::Error::new(std::io::ErrorKind::InvalidData, error)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in ["../a.txt", "x/../../a.txt", "/etc/a.txt", "C:\\a.txt", "..\\a.txt", "\\a.txt"] {
            assert!(is_wanted("z.zip", &slashed(name)).is_err(), "{name}");
        }
        for (name, wanted) in [
            ("a.txt", true),
            ("./x/a.jsonl.gz", true),
            ("x/.a.txt", false),
            ("__MACOSX/a.txt", false),
            ("a.exe", false),
            ("x\\a.txt", true),
            ("x\\.a.txt", false),
        ] {
            assert_eq!(is_wanted("z.zip", &slashed(name)).unwrap(), wanted, "{name}");
        }
    }
}

//! Files as the world has them: formats, compressions, archives, encodings, whole and broken; each is made here.

use std::io::{Cursor, Write};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, TimestampSecondArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::scene::{HARBOUR, Run, Scene};

/// A wire text with `n` as its mark, long enough for everything that looks at articles.
fn article(n: usize) -> String {
    format!(
        "Talks on line {n} go on\n\nOSLO, May 1. \"We are ready for talks about line {n},\" Foreign Minister Tor Ekdal said on \
         Monday.\n\nThe sides met for the {n}th time this year in the old customs house, where number {n} hangs above the door.\n"
    )
}

fn jsonl(ids: std::ops::Range<usize>) -> String {
    ids.map(|i| format!("{}\n", json!({"id": format!("a{i}"), "text": article(i)}))).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // Names that the library would not write.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        writer.append(&header, *bytes).unwrap();
    }
    writer.into_inner().unwrap()
}

fn batch(n: usize) -> RecordBatch {
    let texts: Vec<String> = (0..n).map(article).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(StringArray::from_iter_values((0..n).map(|i| format!("a{i}"))))),
        ("text", Arc::new(StringArray::from(texts))),
        ("date", Arc::new(TimestampSecondArray::from(vec![1_700_000_000; n]))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn parquet(n: usize) -> Vec<u8> {
    let batch = batch(n);
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn arrow(n: usize) -> Vec<u8> {
    let batch = batch(n);
    let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

/// As pandas and polars write Feather files.
fn feather(n: usize, codec: arrow_ipc::CompressionType) -> Vec<u8> {
    let batch = batch(n);
    let options = arrow_ipc::writer::IpcWriteOptions::default().try_with_compression(Some(codec)).unwrap();
    let mut writer = arrow_ipc::writer::FileWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

fn values(run: &Run) -> Vec<Value> {
    let text = String::from_utf8(run.stdout.clone()).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// Ids of the articles with quotations, each once.
fn ids(run: &Run) -> Vec<String> {
    let mut ids: Vec<String> = values(run).iter().map(|v| v["article"]["id"].as_str().unwrap().to_owned()).collect();
    ids.dedup();
    ids
}

fn extract(scene: &Scene, more: &[&str]) -> Run {
    scene.run(&[&["extract", "-f", "jsonl", "--extractor", "rules"], more].concat())
}

#[test]
fn packed_columns_are_read() {
    let scene = Scene::new();
    for codec in [arrow_ipc::CompressionType::LZ4_FRAME, arrow_ipc::CompressionType::ZSTD] {
        scene.write("a.feather", feather(40, codec));
        assert_eq!(ids(&extract(&scene, &["a.feather"])).len(), 40, "{codec:?}");
    }
}

#[test]
fn members_packed_in_other_ways_are_named() {
    let scene = Scene::new();
    let mut bytes = zip(&[("a\\b.txt", article(1).as_bytes()), ("notes.md", b"none")]);
    scene.write("a.zip", &bytes);
    assert_eq!(ids(&extract(&scene, &["a.zip"])), ["b"], "a name of Windows");
    // The method stands at byte 10 of an entry in the directory, and at byte 8 before the member.
    for at in 0..bytes.len() - 12 {
        match &bytes[at..at + 4] {
            b"PK\x01\x02" => bytes[at + 10] = 12,
            b"PK\x03\x04" => bytes[at + 8] = 12,
            _ => {}
        }
    }
    scene.write("a.zip", &bytes);
    let run = extract(&scene, &["a.zip"]);
    let told: Vec<&str> = run.stderr.lines().filter(|l| l.contains("packed with bzip2, which is not read")).collect();
    assert!(run.code == 4 && told.len() == 1 && told[0].contains("a.zip/a/b.txt"), "{}", run.stderr);
}

#[test]
fn every_packing_gives_the_same() {
    let scene = Scene::new();
    let plain = jsonl(0..3);
    scene.write("plain.jsonl", &plain);
    let wanted = ids(&extract(&scene, &["plain.jsonl"]));
    assert_eq!(wanted, ["a0", "a1", "a2"]);
    let bytes = plain.as_bytes();
    for (name, packed) in [
        ("a.jsonl.gz", gzip(bytes)),
        ("b.jsonl.zst", zstd(bytes)),
        ("c.jsonl.bz2", bzip2(bytes)),
        ("d.zip", zip(&[("x/a.jsonl", bytes), ("x/readme.md", b"said"), ("__MACOSX/x.jsonl", bytes)])),
        ("e.tar", tar(&[("a.jsonl", bytes), (".hidden.jsonl", bytes)])),
        ("f.tgz", gzip(&tar(&[("a.jsonl", bytes)]))),
        ("g.tar.zst", zstd(&tar(&[("a.jsonl.gz", &gzip(bytes))]))),
        ("h.jsonl.gz", [gzip(&bytes[..500]), gzip(&bytes[500..])].concat()),
        ("i.parquet", parquet(3)),
        ("j.arrow", arrow(3)),
        ("k.zip", zip(&[("a.parquet", &parquet(3))])),
    ] {
        scene.write(&format!("packed/{name}"), &packed);
        let run = extract(&scene, &[&format!("packed/{name}")]);
        assert_eq!((run.code, ids(&run)), (0, wanted.clone()), "{name}: {}", run.stderr);
        let run = scene.run_with(&["extract", "-f", "jsonl", "--extractor", "rules", "-"], packed);
        assert_eq!((run.code, ids(&run)), (0, wanted.clone()), "{name} on standard input: {}", run.stderr);
    }
    let all = extract(&scene, &["packed", "--no-copies"]);
    assert_eq!(values(&all).len(), 11 * 3, "a folder holds them all: {}", all.stderr);
    let path = values(&extract(&scene, &["packed/g.tar.zst"]))[0]["article"]["path"].clone();
    assert_eq!(path, "packed/g.tar.zst/a.jsonl.gz");
    assert_eq!(values(&extract(&scene, &["packed/i.parquet"]))[0]["article"]["date"], "2023-11-14T22:13:20Z");
}

#[test]
fn every_format_is_known_by_its_content() {
    let scene = Scene::new();
    let words =
        "\"We are ready for talks with both neighbours,\" Foreign Minister Tor Ekdal said on Monday in the capital.";
    let rest =
        "The sides had met before in the old customs house, where nothing was agreed and much was said, as ever. "
            .repeat(6);
    let html = format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>Talks</title></head><body><nav><a href=/>Home</a></nav>\
         <article><h1>Talks go on</h1><p>{words}</p><p>{rest}</p><p>{rest}</p></article></body></html>"
    );
    let rss = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Wire</title><item><guid>r1</guid><title>Talks go on</title>\
         <description>&lt;p&gt;{words}&lt;/p&gt;</description></item></channel></rss>"
    );
    let atom = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Wire</title><id>f</id><entry><id>r1</id><title>Talks go on</title>\
         <content type=\"text\">{words}</content></entry></feed>"
    );
    let quoted = words.replace('"', "\"\"");
    for (name, text) in [
        ("text", format!("Talks go on\n\n{words}\n")),
        ("html", html),
        ("rss", rss),
        ("atom", atom),
        ("jsonl", json!({"text": words}).to_string()),
        ("csv", format!("id,text\n1,\"{quoted}\"\n")),
        ("semicolons", format!("id;text\n1;\"{quoted}\"\n")),
        ("tsv", format!("id\ttext\n1\t\"{quoted}\"\n")),
        ("tsv without quotes", format!("id\ttext\n1\tSo: {words}\n")),
    ] {
        let run = scene.run_with(&["extract", "-f", "jsonl", "--extractor", "rules"], text);
        let found = values(&run);
        assert_eq!(found.len(), 1, "{name}: {} {found:?}", run.stderr);
        assert_eq!(found[0]["speaker"]["name"], "Tor Ekdal", "{name}");
    }
    scene.write("list.txt", "articles/harbour.txt\r\n\narticles/two.jsonl\n");
    let listed = extract(&scene, &["--files-from", "list.txt"]);
    assert_eq!(listed.stdout, extract(&scene, &["articles"]).stdout);
    let run = scene.run_with(
        &["extract", "-f", "jsonl", "--extractor", "rules", "--files-from", "-"],
        "articles/harbour.txt\0articles/two.jsonl\0",
    );
    assert_eq!(run.stdout, listed.stdout);
}

#[test]
fn encodings_are_found_and_said() {
    let scene = Scene::new();
    let text = "Переговоры\n\n\"We are ready for talks about the railway,\" Foreign Minister Tor Ekdal said. Министр заявил, что \
                переговоры о железной дороге между столицами продолжатся на следующей неделе, и что обе стороны готовы.\n";
    let encode = |name: &str| encoding_rs::Encoding::for_label(name.as_bytes()).unwrap().encode(text).0.into_owned();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let record = json!({"text": text}).to_string() + "\n";
    let records = encoding_rs::WINDOWS_1251.encode(&record.repeat(3)).0.into_owned();
    for (name, bytes, guessed) in [
        ("utf8.txt", text.as_bytes().to_vec(), None),
        ("cp1251.txt", encode("windows-1251"), Some("windows-1251")),
        ("koi8.txt", encode("koi8-r"), Some("KOI8")),
        ("be.txt", [b"\xfe\xff".to_vec(), utf16.clone()].concat(), None),
        ("bare.txt", utf16, Some("UTF-16BE")),
        ("records.jsonl", records, Some("windows-1251")),
    ] {
        scene.write(name, bytes);
        let run = extract(&scene, &[name, "--lang", "en", "--no-copies"]);
        let found = values(&run);
        let first = found.first().unwrap_or_else(|| panic!("{name}: {}", run.stderr));
        let content = first["quotation"]["content"][0].clone();
        let span: String = text
            .chars()
            .skip(content[0].as_u64().unwrap() as usize)
            .take((content[1].as_u64().unwrap() - content[0].as_u64().unwrap()) as usize)
            .collect();
        assert_eq!(first["quotation"]["text"], span, "{name}");
        let warnings = first["warnings"].to_string();
        match guessed {
            Some(guess) => assert!(
                warnings.contains(&format!("read as {guess}")) && run.stderr.contains("encodings guessed"),
                "{name}: {warnings}"
            ),
            None => assert!(!warnings.contains("read as"), "{name}: {warnings}"),
        }
    }
    let named = extract(&scene, &["cp1251.txt", "--lang", "en", "--encoding", "cp1251"]);
    assert_eq!(values(&named)[0]["warnings"], json!([]));
    let both = values(&extract(&scene, &["cp1251.txt", "--lang", "en", "--offsets", "both"]));
    let bytes = &both[0]["quotation"]["content_bytes"][0];
    assert_eq!(
        text[bytes[0].as_u64().unwrap() as usize..bytes[1].as_u64().unwrap() as usize],
        both[0]["quotation"]["text"]
    );
    assert!(both[0]["cue"]["start_byte"].as_u64() > both[0]["cue"]["start"].as_u64());
    assert_eq!(extract(&scene, &["cp1251.txt", "--encoding", "klingon"]).code, 2);
    // One line of another encoding among many is a broken record, and no other encoding.
    let mixed = [
        jsonl(0..2).as_bytes(),
        b"{\"text\":\"Jos\xe9 said it\"}\n",
        json!({"text": text}).to_string().as_bytes(),
        b"\n",
    ]
    .concat();
    scene.write("mixed.jsonl", mixed);
    let run = extract(&scene, &["mixed.jsonl", "--lang", "en"]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("mixed.jsonl:3: byte") && ids(&run).len() == 3, "{}", run.stderr);
}

#[test]
fn bombs_and_cut_files_cost_themselves_alone() {
    let scene = Scene::new();
    let zeros = vec![b' '; 40 << 20];
    let good = jsonl(0..1);
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let lines = jsonl(0..4000);
    for (name, bytes, words) in [
        ("bomb.txt.gz", gzip(&zeros), "expand more than 250 times"),
        ("bomb.txt.zst", zstd(&zeros), "expand more than 250 times"),
        ("bomb.txt.bz2", bzip2(&zeros), "expand more than 250 times"),
        ("bomb.zip", zip(&[("a.txt", &zeros), ("b.jsonl", good.as_bytes())]), "expands beyond the cap"),
        ("nested.gz", (0..6).fold(b"x".to_vec(), |b, _| gzip(&b)), "layers"),
        ("cut.jsonl.gz", half(gzip(lines.as_bytes())), "cut off"),
        ("cut.jsonl.zst", half(zstd(lines.as_bytes())), "tandard data that are cut off"),
        ("cut.jsonl.bz2", half(bzip2(lines.as_bytes())), "bzip2 data"),
        ("cut.tar", half(tar(&[("a.jsonl", lines.as_bytes())])), "cut off"),
        ("cut.zip", half(zip(&[("a.jsonl", lines.as_bytes())])), "cut.zip: can not read the archive"),
        ("cut.parquet", half(parquet(2000)), "damaged Parquet"),
        ("cut.arrow", half(arrow(2000)), "damaged Arrow"),
        (
            "torn.txt.gz",
            {
                let mut b = gzip(good.as_bytes());
                let n = b.len();
                b[n / 2] ^= 0x55;
                b
            },
            "torn.txt.gz",
        ),
        ("odd.pdf.gz", gzip(b"%PDF-1.7 said"), "PDF is not read"),
        (
            "out.zip",
            zip(&[("../../out.jsonl", good.as_bytes()), ("in.jsonl", good.as_bytes())]),
            "leads out of the archive",
        ),
        (
            "out.tar",
            tar(&[("../out.jsonl", good.as_bytes()), ("in.jsonl", good.as_bytes())]),
            "leads out of the archive",
        ),
    ] {
        scene.write(name, bytes);
        let run = extract(&scene, &[name, "articles/harbour.txt", "--no-copies"]);
        assert_eq!(run.code, 4, "{name}: {}", run.stderr);
        assert!(run.stderr.contains(words) && run.stderr.contains(name), "{name}: {}", run.stderr);
        assert!(ids(&run).contains(&"harbour".to_owned()), "{name} takes others with it");
        if name.starts_with("out") || name == "bomb.zip" {
            assert!(ids(&run).contains(&"a0".to_owned()), "{name} takes its other members with it");
        }
    }
    assert_eq!(extract(&scene, &["bomb.txt.gz", "--max-ratio", "2000"]).code, 3, "the cap can be raised");
    assert!(!scene.path("out.jsonl").exists() && !scene.path("../out.jsonl").exists());
    let deep = format!("<html><body>{}<p>\"We go,\" Tor Ekdal said.{}", "<ul><li>".repeat(60_000), "</ul>".repeat(9));
    scene.write("deep.html", deep);
    let started = std::time::Instant::now();
    let run = extract(&scene, &["deep.html"]);
    assert!(run.code != 5 && started.elapsed().as_secs() < 30, "{} {:?}", run.stderr, started.elapsed());
}

#[test]
fn columns_hold_the_same_as_csv() {
    let scene = Scene::new();
    scene.write("many.jsonl", jsonl(0..40));
    let base = ["score", "articles", "many.jsonl", "-m", "small.model", "--explain", "2", "--offsets", "both"];
    let csv = scene.text(&[&base[..], &["-f", "csv", "--raw-csv"]].concat());
    let wanted: Vec<Vec<String>> = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(csv.as_bytes())
        .records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect();
    scene.text(&[&base[..], &["-f", "parquet", "-o", "out.parquet"]].concat());
    scene.text(&[&base[..], &["-f", "arrow", "-o", "out.arrow"]].concat());
    let piped = scene.run(&[&base[..], &["-f", "parquet"]].concat());
    assert_eq!(piped.stdout, scene.read("out.parquet"), "{}", piped.stderr);
    let stream = scene.run(&[&base[..], &["-f", "arrow"]].concat());
    let from_parquet = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(scene.read("out.parquet"))).unwrap();
    assert_eq!(from_parquet.schema().metadata()["schema"], "demarche.quotation/1");
    let from_parquet = from_parquet.build().unwrap();
    let from_file = arrow_ipc::reader::FileReader::try_new(Cursor::new(scene.read("out.arrow")), None).unwrap();
    let from_stream = arrow_ipc::reader::StreamReader::try_new(Cursor::new(stream.stdout), None).unwrap();
    check_table(&wanted, from_parquet.map(|b| b.unwrap()).collect());
    check_table(&wanted, from_file.map(|b| b.unwrap()).collect());
    check_table(&wanted, from_stream.map(|b| b.unwrap()).collect());
    assert!(scene.names().iter().all(|n| !n.contains(".part")), "{:?}", scene.names());
}

#[test]
fn columns_of_rows_hold_the_same_as_csv() {
    let scene = Scene::new();
    let base = ["score", "--statements", "quotes.csv", "-m", "small.model"];
    let csv = scene.text(&[&base[..], &["-f", "csv", "--raw-csv"]].concat());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    // Lists are empty where CSV says that no label holds; the labels of the file stay as they are.
    let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let cell = |(at, c): (usize, &str)| {
        if c == "none" && !header[at].ends_with(".given") { String::new() } else { c.to_owned() }
    };
    let wanted: Vec<Vec<String>> =
        reader.records().map(|r| r.unwrap().iter().enumerate().map(cell).collect()).collect();
    scene.text(&[&base[..], &["-f", "parquet", "-o", "out.parquet"]].concat());
    scene.text(&[&base[..], &["-f", "arrow", "-o", "out.arrow"]].concat());
    let stream = scene.run(&[&base[..], &["-f", "arrow", "-j", "2"]].concat());
    let from_parquet = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(scene.read("out.parquet"))).unwrap();
    let from_file = arrow_ipc::reader::FileReader::try_new(Cursor::new(scene.read("out.arrow")), None).unwrap();
    let from_stream = arrow_ipc::reader::StreamReader::try_new(Cursor::new(stream.stdout), None).unwrap();
    check_table(&wanted, from_parquet.build().unwrap().map(|b| b.unwrap()).collect());
    check_table(&wanted, from_file.map(|b| b.unwrap()).collect());
    check_table(&wanted, from_stream.map(|b| b.unwrap()).collect());
}

fn check_table(wanted: &[Vec<String>], batches: Vec<RecordBatch>) {
    let names: Vec<String> = batches[0].schema().fields().iter().map(|f| f.name().clone()).collect();
    assert_eq!(names, wanted[0]);
    let mut rows = wanted[1..].iter();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let wanted = rows.next().unwrap();
            for (i, name) in names.iter().enumerate() {
                let column = batch.column(i);
                let shown = arrow_cell(column, row);
                let wanted = if name == "warnings" { wanted[i].replace("; ", "|") } else { wanted[i].clone() };
                assert_eq!(shown, wanted, "{name}, row {row}");
            }
        }
    }
    assert!(rows.next().is_none());
}

fn arrow_cell(column: &ArrayRef, row: usize) -> String {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int64Type};
    if column.is_null(row) {
        return String::new();
    }
    if let Some(list) = column.as_list_opt::<i32>() {
        let items = list.value(row);
        if let Some(spans) = items.as_struct_opt() {
            let at = |c: usize, i: usize| spans.column(c).as_primitive::<Int64Type>().value(i);
            return (0..items.len()).map(|i| format!("{}-{}", at(0, i), at(1, i))).collect::<Vec<_>>().join(";");
        }
        return items.as_string::<i32>().iter().map(Option::unwrap).collect::<Vec<_>>().join("|");
    }
    if let Some(numbers) = column.as_primitive_opt::<Float64Type>() {
        return json!(numbers.value(row)).to_string();
    }
    if let Some(numbers) = column.as_primitive_opt::<Int64Type>() {
        return numbers.value(row).to_string();
    }
    if let Some(flags) = column.as_boolean_opt() {
        return flags.value(row).to_string();
    }
    column.as_string::<i32>().value(row).to_owned()
}

#[test]
fn copies_are_grouped_and_counted_once() {
    let scene = Scene::new();
    let body = "\"We are ready for talks with all our neighbours about the railway,\" Foreign Minister Tor Ekdal said on Monday.\n\nThe \
                sides had met twice before in the old customs house near the border, where the first agreement was signed in 1998, and \
                both had promised to bring new drafts. The line has been closed since a flood took away the bridge over the river.\n";
    let line = |id: &str, text: &str| format!("{}\n", json!({"id": id, "text": text}));
    let copies = [
        line("wire", &format!("Talks go on\n\nOSLO, May 1. {body}")),
        line("other", &article(7)),
        line(
            "paper",
            &format!("Ekdal: \"ready for talks\"\n\nBy Our Reporter\n\n{}", body.replace("twice", "three times")),
        ),
        line("web", &format!("Railway talks\n\nOSLO (Wire) - {}", body.replace("flood", "storm"))),
    ];
    scene.write("copies.jsonl", copies.concat());
    let run = extract(&scene, &["copies.jsonl"]);
    let of: Vec<(String, Value)> = values(&run)
        .iter()
        .map(|v| (v["article"]["id"].as_str().unwrap().to_owned(), v["article"]["duplicate_of"].clone()))
        .collect();
    for (id, first) in &of {
        let wanted = if id == "paper" || id == "web" { json!("wire") } else { Value::Null };
        assert_eq!(first, &wanted, "{id}");
    }
    assert!(run.stderr.contains("2 articles, 2 copies of them"), "{}", run.stderr);
    let page = scene.text(&["extract", "copies.jsonl", "--extractor", "rules"]);
    assert!(
        page.contains("a copy of \"wire\"") && page.matches("We are ready for talks with all").count() == 1,
        "{page}"
    );
    let alone = extract(&scene, &["copies.jsonl", "--no-copies"]);
    assert!(
        values(&alone).iter().all(|v| v["article"]["duplicate_of"].is_null()) && alone.stderr.contains("4 articles, "),
        "{}",
        alone.stderr
    );
    for threads in ["1", "3"] {
        assert_eq!(extract(&scene, &["copies.jsonl", "-j", threads]).stdout, run.stdout);
    }
}

#[test]
fn languages_without_tables_are_passed_over() {
    let scene = Scene::new();
    let german = "Der Minister sagte am Montag, die Gespräche würden fortgesetzt, und beide Seiten hätten sich auf ein Treffen in der \
                  Hauptstadt geeinigt. „Wir sind bereit“, sagte Tor Ekdal den Journalisten nach der Sitzung im alten Zollhaus an der Grenze. \
                  Die Strecke ist seit der Flut geschlossen, und niemand weiß, wann die Brücke wieder aufgebaut wird.\n";
    scene.write("de.txt", german);
    let run = extract(&scene, &["de.txt", "articles/harbour.txt"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr.contains("is in \"de\"") && run.stderr.contains("passed over by language: de 1"),
        "{}",
        run.stderr
    );
    assert_eq!(extract(&scene, &["de.txt"]).code, 3);
    let forced = extract(&scene, &["de.txt", "--lang", "en"]);
    assert!(!forced.stderr.contains("passed over"), "{}", forced.stderr);
    let english = values(&scene.run_with(&["extract", "-f", "jsonl"], HARBOUR));
    assert_eq!(english[0]["article"]["lang"], "en");
}

/// As much of JSON Schema as ours use.
fn violation(schema: &Value, value: &Value, at: &str) -> Option<String> {
    let fault = |what: &str| Some(format!("{at}: {what}: {value}"));
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    };
    match &schema["type"] {
        Value::String(name) if !is(name) => return fault("another type"),
        Value::Array(names) if !names.iter().any(|n| is(n.as_str().unwrap())) => return fault("another type"),
        _ => {}
    }
    if schema.get("const").is_some_and(|c| c != value) {
        return fault("another constant");
    }
    if schema["enum"].as_array().is_some_and(|e| !e.contains(value)) {
        return fault("not among the values");
    }
    if schema["minLength"] == 1 && value == "" {
        return fault("empty");
    }
    if let (Some(number), Some(low)) = (value.as_f64(), schema["minimum"].as_f64())
        && (number < low || schema["maximum"].as_f64().is_some_and(|high| number > high))
    {
        return fault("out of bounds");
    }
    if let Value::Object(fields) = value {
        let missing =
            schema["required"].as_array().into_iter().flatten().find(|k| !fields.contains_key(k.as_str().unwrap()));
        if let Some(key) = missing {
            return fault(&format!("{key} is missing"));
        }
        for (key, inner) in fields {
            let of = schema["properties"].get(key).or(schema.get("additionalProperties"));
            match of {
                Some(Value::Bool(false)) => return fault(&format!("{key} is unknown")),
                Some(of) => {
                    if let Some(found) = violation(of, inner, &format!("{at}/{key}")) {
                        return Some(found);
                    }
                }
                None => {}
            }
        }
    }
    let items = value.as_array().into_iter().flatten().enumerate();
    items.into_iter().find_map(|(i, item)| violation(schema.get("items")?, item, &format!("{at}/{i}")))
}

#[test]
fn schemas_describe_what_is_written() {
    let scene = Scene::new();
    for (name, arguments) in [
        ("quotation", &["extract", "articles", "-f", "jsonl"][..]),
        ("quotation", &["extract", "articles", "-f", "jsonl", "--offsets", "both"]),
        ("quotation", &["score", "articles", "-m", "small.model", "-f", "jsonl", "--explain", "3"]),
        ("statement", &["score", "--statements", "quotes.csv", "-m", "small.model", "-f", "jsonl", "--explain", "2"]),
        ("evaluation", &["evaluate", "small.model", "quotes.csv", "-f", "json"]),
        ("comparison", &["compare", "small.model", "small.model", "quotes.csv", "-f", "json", "--gate", "macro_f1>=0"]),
    ] {
        let schema: Value = serde_json::from_str(&scene.text(&["schema", name])).unwrap();
        for value in scene.lines(arguments) {
            assert_eq!(violation(&schema, &value, ""), None, "{arguments:?}");
        }
        let wrong = json!({"schema": "demarche.other/9"});
        assert!(violation(&schema, &wrong, "").is_some(), "{name} takes anything");
    }
    let table = scene.text(&["schema", "--markdown"]);
    let docs = std::fs::read_to_string(crate::scene::root().join("docs/FORMATS.md")).unwrap();
    assert!(docs.contains(&table), "docs/FORMATS.md does not hold the table of `demarche schema --markdown`");
}

//! Writes the lists that nobody should have to keep by hand: the functions that Cargo.toml names, the templates of `infra/`, and the demo's
//! pictures.

use std::{env, error::Error, fmt::Write, fs, io, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    write("functions.rs", &functions()?)?;
    write("templates.rs", &files("infra", ".yaml", "include_str")?)?;
    write(
        "demo_images.rs",
        &files("demo/images", "", "include_bytes")?,
    )?;
    Ok(())
}

fn write(name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build script where to write this way only"
    )]
    let out = env::var("OUT_DIR")?;
    Ok(fs::write(Path::new(&out).join(name), text)?)
}

/// `match` over a function's name. A function's crate, folder and binary have one name, and its type the same in capitals.
fn functions() -> io::Result<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    println!("cargo::rerun-if-changed={}", manifest.display());
    let mut list = "match function.name.as_str() {\n".to_owned();
    for line in fs::read_to_string(manifest)?.lines() {
        let Some((name, dependency)) = line.split_once(" = ") else {
            continue;
        };
        if !dependency.contains(&format!("path = \"../../functions/{name}\"")) {
            continue;
        }
        let module = name.replace('-', "_");
        let of_word = |word: &str| word[..1].to_uppercase() + &word[1..];
        let function: String = name.split('-').map(of_word).collect();
        // Written to a text, which cannot fail.
        let _ = writeln!(
            list,
            "    {name:?} => hosted!({module}::{function}, {module}::Config),"
        );
    }
    list += "    name => bail!(\"the template names it, but this program was not built with it: cargo add --package tabletap-local --path crates/functions/{name}\"),\n}\n";
    Ok(list)
}

/// The files of a folder, each with its name and what is in it.
fn files(folder: &str, ending: &str, include: &str) -> io::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../..")
        .join(folder);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names = fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>, io::Error>>()?;
    names.retain(|name| name.ends_with(ending));
    names.sort();
    let mut list = "&[\n".to_owned();
    for name in names {
        let file = folder.join(&name).display().to_string();
        let _ = writeln!(list, "    ({name:?}, {include}!({file:?})),");
    }
    Ok(list + "]\n")
}

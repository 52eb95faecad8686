//! Writes the list of the demo's pictures, so that the program holds them all without naming each.

use std::{env, error::Error, fmt::Write, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../demo/images");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names = fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    names.sort();
    let mut list = "&[\n".to_owned();
    for name in names {
        let file = folder.join(&name);
        writeln!(
            list,
            "    ({name:?}, include_bytes!({:?})),",
            file.display().to_string()
        )?;
    }
    list += "]\n";
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build script where to write this way only"
    )]
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("demo_images.rs"), list)?;
    Ok(())
}

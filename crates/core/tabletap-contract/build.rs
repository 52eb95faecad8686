//! Converts `docs/openapi.yaml` to JSON, so that no function parses YAML at run time and no second file has to be kept alike.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};
use std::{env, error::Error, fs, path::PathBuf};

const CONTRACT: &str = "../../../docs/openapi.yaml";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CONTRACT}");
    let text = fs::read_to_string(CONTRACT)?;
    let documents = Yaml::load_from_str(&text)?;
    let [document] = documents.as_slice() else {
        return Err("expected one YAML document".into());
    };
    let path =
        PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?).join("openapi.json");
    fs::write(path, json(document)?.to_string())?;
    Ok(())
}

fn json(node: &Yaml<'_>) -> Result<Value, Box<dyn Error>> {
    Ok(match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => Value::from(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::String(text)) => Value::from(text.as_ref()),
        Yaml::Sequence(nodes) => Value::Array(nodes.iter().map(json).collect::<Result<_, _>>()?),
        Yaml::Mapping(pairs) => {
            let pair = |(key, value): (&Yaml<'_>, &Yaml<'_>)| {
                let key = match key {
                    Yaml::Value(Scalar::Integer(status)) => status.to_string(),
                    other => other.as_str().ok_or("expected text as a key")?.to_owned(),
                };
                Ok::<_, Box<dyn Error>>((key, json(value)?))
            };
            Value::Object(pairs.iter().map(pair).collect::<Result<Map<_, _>, _>>()?)
        }
        other => return Err(format!("the contract needs no {other:?}").into()),
    })
}

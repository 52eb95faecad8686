//! The deployment's table is the one the tests run on.

use crate::readme::read;
use saphyr::{LoadableYamlNode, Yaml};
use tabletap_store::schema;

#[test]
fn the_deployment_template_creates_the_same_table() {
    let template = read("../../../infra/data.yaml");
    let documents = Yaml::load_from_str(&template).unwrap();
    let table = &documents[0]["Resources"]["Table"]["Properties"];
    let texts = |list: &Yaml<'_>, fields: &[&str]| -> Vec<String> {
        let one = |entry: &Yaml<'_>| {
            fields
                .iter()
                .map(|field| entry[*field].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        list.as_vec().unwrap().iter().map(one).collect()
    };
    let keys =
        |partition: &str, sort: &str| vec![format!("{partition} HASH"), format!("{sort} RANGE")];
    let key_fields = ["AttributeName", "KeyType"];
    let attributes: Vec<String> = schema::key_attributes()
        .iter()
        .map(|name| format!("{name} S"))
        .collect();
    assert_eq!(
        texts(
            &table["AttributeDefinitions"],
            &["AttributeName", "AttributeType"]
        ),
        attributes
    );
    assert_eq!(
        texts(&table["KeySchema"], &key_fields),
        keys(schema::PARTITION, schema::SORT)
    );
    let indexes = table["GlobalSecondaryIndexes"].as_vec().unwrap();
    assert_eq!(indexes.len(), schema::INDEXES.len());
    for (written, index) in indexes.iter().zip(schema::INDEXES) {
        assert_eq!(written["IndexName"].as_str(), Some(index.name));
        assert_eq!(
            texts(&written["KeySchema"], &key_fields),
            keys(index.partition, index.sort)
        );
        assert_eq!(
            written["Projection"]["ProjectionType"].as_str(),
            Some("KEYS_ONLY")
        );
    }
    assert_eq!(
        table["StreamSpecification"]["StreamViewType"].as_str(),
        Some("NEW_AND_OLD_IMAGES")
    );
    let expiry = &table["TimeToLiveSpecification"];
    assert_eq!(
        expiry["AttributeName"].as_str(),
        Some(schema::TTL_ATTRIBUTE)
    );
    assert_eq!(expiry["Enabled"].as_bool(), Some(true));
}

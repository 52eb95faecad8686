//! A store's set-up as the table keeps it: one JSON document.

use crate::{
    dine_in_record::DineInRecord,
    menu_record::{TextsRecord, texts, texts_record},
    takeout_record::TakeoutRecord,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tabletap_domain::{
    AccountName, InvalidId, Lang, PrinterId, Slug, StationId, StoreId, StoreKey, TableId, TenantId,
    ThingName,
    store::{Contact, DiningTable, HouseRule, Names, Station, StoreConfig},
};
use tabletap_wire_derive::domain_fields;

/// The document.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoreRecord {
    v: u32,
    tenant: TenantId,
    store: StoreId,
    slug: Slug,
    name: String,
    time_zone: String,
    languages: Vec<Lang>,
    accent: String,
    house_rule: HouseRule,
    stations: Vec<StationRecord>,
    #[serde(default)]
    front_station: Option<StationId>,
    tables: Vec<TableRecord>,
    /// This and what follows is absent in set-ups of before there was takeout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    takeout: Option<TakeoutRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment_account: Option<AccountName>,
    #[serde(default)]
    contact: ContactRecord,
    #[serde(default, skip_serializing_if = "DineInRecord::is_usual")]
    dine_in: DineInRecord,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    names: BTreeMap<String, TextsRecord>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct ContactRecord {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    address: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tax_number: Option<String>,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct StationRecord {
    id: StationId,
    name: String,
    printer: PrinterId,
    agent: ThingName,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct TableRecord {
    id: TableId,
    name: String,
}

impl StoreRecord {
    /// The document of a store.
    #[must_use]
    pub fn write(store: &StoreConfig) -> String {
        let station = |station: &Station| StationRecord {
            id: station.id.clone(),
            name: station.name.clone(),
            printer: station.printer.clone(),
            agent: station.agent.clone(),
        };
        let table = |t: &DiningTable| TableRecord {
            id: t.id.clone(),
            name: t.name.clone(),
        };
        let record = Self {
            v: 1,
            tenant: store.key.tenant.clone(),
            store: store.key.store.clone(),
            slug: store.slug.clone(),
            name: store.name.clone(),
            time_zone: store.time_zone.clone(),
            languages: store.languages.clone(),
            accent: store.accent.clone(),
            house_rule: store.house_rule,
            stations: store.stations.iter().map(station).collect(),
            front_station: store.front_station.clone(),
            tables: store.tables.iter().map(table).collect(),
            dine_in: DineInRecord::from(&store.dine_in),
            takeout: store.takeout.as_ref().map(TakeoutRecord::from),
            payment_account: store.payment_account.clone(),
            contact: ContactRecord {
                address: store.contact.address.clone(),
                phone: store.contact.phone.clone(),
                email: store.contact.email.clone(),
                tax_number: store.contact.tax_number.clone(),
            },
            names: {
                let names = store.names.0.iter();
                names
                    .map(|(name, own)| (name.clone(), texts_record(own)))
                    .collect()
            },
        };
        serde_json::to_string(&record).expect("records hold only text, numbers and lists")
    }

    /// The store of a document.
    ///
    /// # Errors
    /// When it is not the JSON of a store: a bug or another version's work.
    pub fn read(document: &str) -> Result<StoreConfig, serde_json::Error> {
        let record: Self = serde_json::from_str(document)?;
        let station = |station: StationRecord| Station {
            id: station.id,
            name: station.name,
            printer: station.printer,
            agent: station.agent,
        };
        let table = |table: TableRecord| DiningTable {
            id: table.id,
            name: table.name,
        };
        Ok(StoreConfig {
            key: StoreKey {
                tenant: record.tenant,
                store: record.store,
            },
            slug: record.slug,
            name: record.name,
            time_zone: record.time_zone,
            languages: record.languages,
            accent: record.accent,
            house_rule: record.house_rule,
            stations: record.stations.into_iter().map(station).collect(),
            front_station: record.front_station,
            tables: record.tables.into_iter().map(table).collect(),
            dine_in: record.dine_in.into(),
            takeout: record.takeout.map(Into::into),
            payment_account: record.payment_account,
            contact: Contact {
                address: record.contact.address,
                phone: record.contact.phone,
                email: record.contact.email,
                tax_number: record.contact.tax_number,
            },
            names: {
                let names = record.names.into_iter();
                let read = names.map(|(name, own)| Ok((name, texts(own)?)));
                let read: Result<_, InvalidId> = read.collect();
                Names(read.map_err(serde::de::Error::custom)?)
            },
        })
    }
}

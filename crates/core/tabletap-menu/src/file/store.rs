//! The `store:` block: who sells, in which languages and money, where it is made, at which tables it is eaten.

use super::{
    colour, contact, dine_in,
    fields::{Field, Fields, is_new},
    known::Known,
    limits::{LANGUAGES_MAX, STATIONS_MAX, TABLES_MAX},
    mistake::Report,
    names, takeout, tax, zone,
};
use std::collections::BTreeMap;
use tabletap_domain::{
    Currency, Lang, PrinterId, Slug, StationId, StoreId, StoreKey, TableId, TenantId, ThingName,
    menu::PricingRules,
    store::{DiningTable, HouseRule, Station, StoreConfig},
};

/// The block, as far as it could be read.
#[derive(Debug)]
pub(crate) struct StoreBlock {
    pub(crate) config: Option<StoreConfig>,
    pub(crate) pricing: Option<PricingRules>,
    pub(crate) known: Known,
}

pub(crate) fn read(block: &Field<'_>, report: &mut Report) -> StoreBlock {
    let mut fields = block.open(report);
    let mut known = Known::default();
    let slug_field = fields.required(report, "slug");
    let slug: Option<Slug> = slug_field.as_ref().and_then(|field| field.id(report));
    let tenant: Option<TenantId> = fields.required(report, "tenant").and_then(|f| f.id(report));
    // A store's id is its slug: unique among all stores, so unique within its tenant.
    let store = slug
        .as_ref()
        .and_then(|slug| StoreId::parse(slug.as_str()).ok());
    let key = tenant
        .zip(store)
        .map(|(tenant, store)| StoreKey { tenant, store });
    let name = fields.required(report, "name");
    known.languages = languages(&mut fields, report);
    let name = name.and_then(|field| names::read(&field, report, &mut known));
    known.currency = currency(&mut fields, report);
    let time_zone = zone::read(&mut fields, known.currency, report);
    let accent = accent(&mut fields, report);
    let house_rule = fields.required(report, "house_rule").and_then(|field| {
        let words = HouseRule::ALL.iter().map(|rule| rule.as_str());
        field.one_of(report, "house rule", words, HouseRule::parse)
    });
    let pricing = tax::read(&mut fields, &mut known, report);
    let stations = stations(&mut fields, key.as_ref(), &mut known, report);
    let front_station = fields
        .optional("front_station")
        .and_then(|field| known.station(&field, report));
    let tables = tables(&mut fields, &mut known, report);
    let contact = contact::read(&mut fields, report);
    known.payments = fields.peek("payments").is_some();
    known.takeout = fields.peek("takeout").is_some();
    known.pricing.clone_from(&pricing);
    let payment_account = contact::account(&mut fields, report);
    let dine_in = fields
        .optional("dine_in")
        .map(|block| dine_in::read(&block, report))
        .unwrap_or_default();
    let takeout = fields.optional("takeout").and_then(|block| {
        takeout::needs_account(&block, known.payments, report);
        takeout::read(&block, report)
    });
    fields.close(report);
    let config = || {
        Some(StoreConfig {
            key: key?,
            slug: slug?,
            name: name?,
            time_zone: time_zone?,
            languages: known.languages.clone(),
            accent: accent?,
            house_rule: house_rule?,
            stations,
            front_station,
            tables,
            dine_in,
            takeout,
            payment_account,
            contact,
            names: known.names.clone(),
        })
    };
    StoreBlock {
        config: config(),
        pricing,
        known,
    }
}

/// The entries of a list that must be there and hold something.
fn some_of<'n>(
    fields: &mut Fields<'n>,
    report: &mut Report,
    key: &'static str,
    most: usize,
) -> Vec<Field<'n>> {
    let Some(field) = fields.required(report, key) else {
        return Vec::new();
    };
    let errors_before = report.count();
    let entries = field.list(report, most);
    if entries.is_empty() && report.count() == errors_before {
        field.error(report, "at least one is needed");
    }
    entries
}

fn languages(fields: &mut Fields<'_>, report: &mut Report) -> Vec<Lang> {
    let mut seen = BTreeMap::new();
    let mut languages = Vec::new();
    for field in some_of(fields, report, "languages", LANGUAGES_MAX) {
        if let Some(lang) = field.id::<Lang>(report)
            && is_new(&mut seen, lang.clone(), &field, report)
        {
            languages.push(lang);
        }
    }
    languages
}

fn currency(fields: &mut Fields<'_>, report: &mut Report) -> Option<Currency> {
    let field = fields.required(report, "currency")?;
    let word = field.word(report)?;
    let currency = Currency::from_code(word);
    if currency.is_none() {
        let upper = word.to_ascii_uppercase();
        let hint = Currency::from_code(&upper).map(|_| format!("write `{upper}`"));
        let message = format!("`{word}` is not a currency for prices (ISO 4217)");
        field.error_with_hint(report, message, hint);
    }
    currency
}

fn accent(fields: &mut Fields<'_>, report: &mut Report) -> Option<String> {
    let field = fields.required(report, "accent")?;
    let word = field.written().unwrap_or_default();
    let Some(rgb) = colour::parse(word) else {
        let hint = Some("for example \"#b3261e\", in quotes: a bare # begins a comment".to_owned());
        field.error_with_hint(report, format!("`{word}` is not a colour"), hint);
        return None;
    };
    let contrast = colour::contrast_hundredths(rgb);
    if contrast < 450 {
        let message = format!(
            "`{word}` is too light: its contrast with paper and with white text is {}.{:02}:1, but it must be at least 4.5:1",
            contrast / 100,
            contrast % 100
        );
        field.error_with_hint(report, message, Some("choose a darker tone".to_owned()));
        return None;
    }
    Some(word.to_ascii_lowercase())
}

fn stations(
    fields: &mut Fields<'_>,
    key: Option<&StoreKey>,
    known: &mut Known,
    report: &mut Report,
) -> Vec<Station> {
    let mut seen = BTreeMap::new();
    let mut stations = Vec::new();
    for field in some_of(fields, report, "stations", STATIONS_MAX) {
        let mut entry = field.open(report);
        if let Some(word) = entry.peek("id").and_then(Field::written) {
            known.stations.insert(word.to_owned());
        }
        let id: Option<StationId> = entry.new_id(report, &mut seen);
        let name = entry
            .required(report, "name")
            .and_then(|field| names::read(&field, report, known));
        let printer: Option<PrinterId> =
            entry.required(report, "printer").and_then(|f| f.id(report));
        // An agent's name has the shape of a printer's: a word of the store.
        let agent: Option<PrinterId> = entry.required(report, "agent").and_then(|f| f.id(report));
        entry.close(report);
        let station = || {
            let key = key?;
            let agent = ThingName::new(&key.tenant, &key.store, &agent?);
            Some(Station {
                id: id?,
                name: name?,
                printer: printer?,
                agent,
            })
        };
        stations.extend(station());
    }
    stations
}

fn tables(fields: &mut Fields<'_>, known: &mut Known, report: &mut Report) -> Vec<DiningTable> {
    let (mut ids, mut taken) = (BTreeMap::new(), BTreeMap::new());
    let mut tables = Vec::new();
    for field in some_of(fields, report, "tables", TABLES_MAX) {
        let mut entry = field.open(report);
        let id: Option<TableId> = entry.new_id(report, &mut ids);
        let name = entry.required(report, "name").and_then(|field| {
            let name = names::read(&field, report, known)?;
            if !name.contains(char::is_alphanumeric) {
                let message = format!("`{name}` is not a name: waiters must be able to say it");
                field.error_with_hint(report, message, Some("add a word or a number".to_owned()));
            }
            is_new(&mut taken, name.clone(), &field, report).then_some(name)
        });
        entry.close(report);
        tables.extend(id.zip(name).map(|(id, name)| DiningTable { id, name }));
    }
    tables
}

//! `#[domain_fields]`: lets serde read and write the domain's types, which know nothing of serde, as fields of a wire shape.
//!
//! An id or a fixed word becomes text, by its `Display` and `FromStr`; so does each one of an `Option`, a `Vec` or a `BTreeSet`. An amount
//! becomes a number. Times are left alone, because shapes write them in more than one way. A type that is missing here does not compile as
//! a field.

use proc_macro::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, GenericArgument, PathArguments, PathSegment, Type};

/// The domain's types that are text on the wire.
#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "AccountName", "Allergen", "CalendarDate", "CallId", "CallKind", "CategoryId", "Diet", "GroupId", "GuestSessionId", "HouseRule", "ItemId",
    "Lang", "LateRule", "MenuVersion", "OpenState", "OptionId", "OrderId", "OrderNumber", "OrderStatus", "OrderType", "PaymentId", "PaymentState",
    "PaymentStatus", "PrinterId", "RefundCause", "RefundId", "RefundReason", "RefundState", "ReprintReason", "Slug", "StationId", "StoreId",
    "TableId", "TaxCategory", "TenantId", "ThingName", "TicketId", "TicketState",
];

/// Adds `#[serde(with = …)]` to each field of a domain's type. Stands above `#[derive(Serialize, Deserialize)]`.
#[proc_macro_attribute]
pub fn domain_fields(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut shape = syn::parse_macro_input!(item as DeriveInput);
    let fields: Vec<_> = match &mut shape.data {
        Data::Struct(data) => data.fields.iter_mut().collect(),
        Data::Enum(data) => {
            let variants = data.variants.iter_mut();
            variants.flat_map(|one| one.fields.iter_mut()).collect()
        }
        Data::Union(_) => Vec::new(),
    };
    for field in fields {
        if let Some(with) = with(&field.ty) {
            field.attrs.push(syn::parse_quote!(#[serde(with = #with)]));
        }
    }
    quote!(#shape).into()
}

/// The module that reads and writes fields of this type, where serde cannot.
fn with(field: &Type) -> Option<String> {
    let outer = last_segment(field)?;
    if let Some(module) = module(outer) {
        return Some(module.to_owned());
    }
    let PathArguments::AngleBracketed(arguments) = &outer.arguments else {
        return None;
    };
    let Some(GenericArgument::Type(inner)) = arguments.args.first() else {
        return None;
    };
    let module = module(last_segment(inner)?)?;
    match outer.ident.to_string().as_str() {
        "Option" => Some(format!("{module}::option")),
        "Vec" | "BTreeSet" => Some(format!("{module}::list")),
        _ => None,
    }
}

fn module(of: &PathSegment) -> Option<&'static str> {
    match &of.ident {
        name if name == "Minor" => Some("crate::as_number"),
        name if TEXTS.iter().any(|text| name == text) => Some("crate::as_text"),
        _ => None,
    }
}

fn last_segment(of: &Type) -> Option<&PathSegment> {
    match of {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

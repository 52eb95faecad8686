//! The program `tabletap`: TableTap whole on one machine, with the production handlers fed with real event JSON and
//! wired from the SAM template. It holds no business rule; flows, chaos runs and benchmarks start it as a library.

pub mod addresses;
pub mod agents;
pub mod aws;
pub mod broker;
pub mod bucket;
pub mod bus;
pub mod certs;
pub mod cli;
pub mod data_folder;
pub mod dead_letters;
pub mod descriptors;
pub mod edge;
pub mod environment;
pub mod filter;
pub mod functions;
pub mod guard;
pub mod http;
pub mod local_api;
pub mod mail;
pub mod names;
pub mod part;
pub mod parts;
mod print;
pub mod printers;
pub mod private;
pub mod publish;
mod replies;
pub mod roles;
pub mod run;
pub mod schedule;
pub mod secrets;
pub mod settings;
mod sqlite;
pub mod stream;
pub mod stripe;
pub mod table;
pub mod template;
mod words;

pub use run::{Program, Progress, start};
pub use settings::Settings;

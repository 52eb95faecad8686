//! The site's bucket: objects as plain files in a folder, with the headers they were written with.
//!
//! Functions write it through S3's protocol (see [`s3`]), the edge reads it as the distribution would. The headers stand in files of
//! their own below `.headers/`, which no address leads to.

pub mod s3;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use crate::data_folder::write_derived;

/// A bucket. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Bucket {
    folder: PathBuf,
    /// Held from looking at a condition to writing.
    writing: Arc<Mutex<()>>,
}

/// What an object is served with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub bytes: Vec<u8>,
    /// What it is served with.
    pub headers: Headers,
}

impl Object {
    /// Its ETag: S3's, for an object written in one piece.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("\"{}\"", hex::encode(Md5::digest(&self.bytes)))
    }
}

/// When an object is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Always.
    None,
    /// Where this one stands, by its ETag.
    Is(String),
    /// Where there is nothing yet.
    Absent,
}

/// Why an object was not written.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// The condition does not hold.
    #[error("something else stands there")]
    Condition,
    /// A key that is no path of a file.
    #[error("the key cannot be kept in a folder")]
    Key,
    /// The disk.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

impl Bucket {
    /// The bucket in `folder`.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            writing: Arc::default(),
        }
    }

    /// An object, where there is one.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn get(&self, key: &str) -> io::Result<Option<Object>> {
        let Some(path) = self.path(key) else {
            return Ok(None);
        };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
                return match error.kind() {
                    NotFound | IsADirectory | NotADirectory => Ok(None),
                    _ => Err(error),
                };
            }
        };
        let headers = fs::read(self.headers_path(key)).unwrap_or_default();
        Ok(Some(Object {
            bytes,
            headers: serde_json::from_slice(&headers).unwrap_or_default(),
        }))
    }

    /// Writes an object, whole to whoever reads it, and says its ETag.
    ///
    /// Unlike S3 it does not wait for the disk: all of it is made of the table, and the next start has the copies looked at again.
    ///
    /// # Errors
    /// [`PutError`]; the object that stood there still stands.
    pub fn put(
        &self,
        key: &str,
        object: &Object,
        condition: &Condition,
    ) -> Result<String, PutError> {
        let path = self.path(key).ok_or(PutError::Key)?;
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if *condition != Condition::None {
            let there = self.get(key)?.map(|there| there.etag());
            let holds = match condition {
                Condition::Is(etag) => there.as_ref() == Some(etag),
                _ => there.is_none(),
            };
            if !holds {
                return Err(PutError::Condition);
            }
        }
        let headers = serde_json::to_vec(&object.headers).map_err(io::Error::from)?;
        write_derived(&self.headers_path(key), &headers)?;
        write_derived(&path, &object.bytes)?;
        Ok(object.etag())
    }

    /// Keys that begin with `prefix` and their sizes, in order.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn list(&self, prefix: &str) -> io::Result<BTreeMap<String, u64>> {
        let mut found = BTreeMap::new();
        let within = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut folders = vec![self.folder.join(within)];
        while let Some(folder) = folders.pop() {
            if !folder.is_dir() {
                continue;
            }
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_name().as_encoded_bytes().starts_with(b".") {
                    continue;
                }
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else if let Some(key) = key_of(&self.folder, &entry.path())
                    && key.starts_with(prefix)
                {
                    found.insert(key, entry.metadata()?.len());
                }
            }
        }
        Ok(found)
    }

    /// The file of a key; none where it would leave the folder or be hidden in it.
    fn path(&self, key: &str) -> Option<PathBuf> {
        let plain = |segment: &str| {
            !segment.is_empty() && !segment.starts_with('.') && !segment.contains(['\\', '\0'])
        };
        key.split('/').all(plain).then(|| self.folder.join(key))
    }

    fn headers_path(&self, key: &str) -> PathBuf {
        self.folder.join(".headers").join(format!("{key}.json"))
    }
}

fn key_of(folder: &Path, file: &Path) -> Option<String> {
    Some(file.strip_prefix(folder).ok()?.to_str()?.to_owned())
}

//! The bucket that pages are served from: files written on a condition. See the S3 user guide, "Conditional writes".

use aws_config::SdkConfig;
use aws_sdk_s3::{Client, error::DisplayErrorContext, operation::put_object::PutObjectError};
use md5::{Digest, Md5};
use tabletap_menu::publish::PublishedFile;

/// The site's bucket.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    client: Client,
    bucket: String,
}

/// The bucket did not answer as it should. Its cause is logged; try again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the site's bucket is not available")]
pub struct Unavailable;

/// What stands at an address, named by its ETag; none where there is nothing yet.
pub(crate) type Seen = Option<String>;

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// The file is there.
    Done,
    /// Something else has been written there meanwhile.
    Overtaken,
}

impl Site {
    pub(crate) fn new(sdk: &SdkConfig, bucket: String) -> Self {
        Self {
            client: Client::new(sdk),
            bucket,
        }
    }

    /// What stands at `path`.
    ///
    /// # Errors
    /// [`Unavailable`]
    pub(crate) async fn look(&self, path: &str) -> Result<Seen, Unavailable> {
        let head = self.client.head_object().bucket(&self.bucket).key(path);
        match head.send().await {
            Ok(found) => Ok(found.e_tag().map(str::to_owned)),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(None),
            Err(error) => {
                tracing::warn!(error = %DisplayErrorContext(&error), path, "a file was not looked at");
                Err(Unavailable)
            }
        }
    }

    /// Writes a file in the place of what was seen there; nothing is sent where it stands there already.
    ///
    /// # Errors
    /// [`Unavailable`]
    pub(crate) async fn write(
        &self,
        file: PublishedFile,
        seen: &Seen,
    ) -> Result<Written, Unavailable> {
        if seen.as_deref() == Some(&etag(&file.bytes)) {
            return Ok(Written::Done);
        }
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(&file.path)
            .content_type(file.content_type)
            .cache_control(file.cache_control);
        let put = match seen {
            Some(etag) => put.if_match(etag),
            None => put.if_none_match("*"),
        };
        match put.body(file.bytes.into()).send().await {
            Ok(_) => Ok(Written::Done),
            Err(error) if error.as_service_error().is_some_and(is_condition) => {
                Ok(Written::Overtaken)
            }
            Err(error) => {
                tracing::warn!(error = %DisplayErrorContext(&error), path = file.path, "a file was not written");
                Err(Unavailable)
            }
        }
    }
}

/// 412, or 409 where two writers met, or 404 where the file was deleted under the condition.
fn is_condition(error: &PutObjectError) -> bool {
    let codes = [
        "PreconditionFailed",
        "ConditionalRequestConflict",
        "NoSuchKey",
    ];
    error
        .meta()
        .code()
        .is_some_and(|code| codes.contains(&code))
}

/// The ETag of a file that was written in one piece into a bucket with the bucket's own encryption. Were it ever made otherwise, a
/// file that stands there already would be written once more.
fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Md5::digest(bytes)))
}

//! What is built ahead, while something else is shown or tested.
//!
//! Much of a build keeps one processor busy: the last step of a library, or a download. So a second thread builds what
//! comes later. Whoever needs that takes what it made, or waits for it ([`Once`](crate::once::Once)).

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Result;

/// Something that is built.
pub type Build = fn() -> Result<()>;

/// Does something while the builds go on beside it, one after the other. What fails there is tried again by whoever
/// needs it, and fails there.
pub fn built<T>(builds: &[Build], beside: impl FnOnce() -> Result<T>) -> Result<T> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for build in builds {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                build().ok();
            }
        });
        let end = beside();
        is_over.store(true, Ordering::Relaxed);
        end
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use anyhow::{Result, bail};

    use super::built;

    static CHANNEL: Mutex<Option<(Sender<()>, Receiver<()>)>> = Mutex::new(None);

    fn failing() -> Result<()> {
        bail!("nothing comes of it")
    }

    fn telling() -> Result<()> {
        let channel = CHANNEL.lock().ok().and_then(|mut channel| channel.take());
        let Some((tell, hear)) = channel else {
            bail!("there is no channel");
        };
        tell.send(())?;
        Ok(hear.recv()?)
    }

    #[test]
    fn builds_go_on_beside_and_one_that_fails_ends_nothing() -> Result<()> {
        let (tell, heard) = channel();
        let (answer, hear) = channel();
        if let Ok(mut channel) = CHANNEL.lock() {
            *channel = Some((tell, hear));
        }
        built(&[failing, telling], || {
            heard.recv()?;
            Ok(answer.send(())?)
        })
    }
}

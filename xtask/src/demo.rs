//! The demonstration: every package, installed as a user would, buys a VPS on the simulator.

use anyhow::Result;

use crate::python::{Venv, wheel};
use crate::shell::{cache, elsewhere, finish, headline, root};

/// Shows it.
pub fn run() -> Result<()> {
    let wheel = wheel()?;
    headline("Python");
    let venv = Venv::fresh(&cache()?.join("demo-python"))?;
    venv.pip(&[&wheel.to_string_lossy()])?;
    let mut demo = venv.python();
    demo.arg(root().join("xtask/demo/demo.py"))
        .current_dir(elsewhere()?);
    finish(&mut demo)
}

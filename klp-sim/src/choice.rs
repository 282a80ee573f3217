// SPDX-License-Identifier: GPL-2.0-only
//! Where a run's choices come from. All that is not determined is asked for here, so a run is
//! replayed by giving the same answers.

use fastrand::Rng;

/// One choice that was made: which of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// The answer, less than `of`. 0 is the dullest of all.
    pub chosen: usize,
    /// How many there were.
    pub of: usize,
}

/// How a run goes.
#[derive(Clone)]
enum Source {
    /// By chance.
    Random(Rng),
    /// As an earlier run, then always the dullest.
    Replay(std::vec::IntoIter<usize>),
    /// There is nothing to choose: a search goes all ways itself.
    Only,
}

/// The choices of one run.
#[derive(Clone)]
pub struct Choices {
    source: Source,
    made: Vec<Choice>,
}

impl Choices {
    /// Those that a seed stands for.
    pub fn random(seed: u64) -> Self {
        Self::new(Source::Random(Rng::with_seed(seed)))
    }

    /// These, and the dullest after them.
    pub fn replay(chosen: Vec<usize>) -> Self {
        Self::new(Source::Replay(chosen.into_iter()))
    }

    /// None.
    pub(crate) fn none() -> Self {
        Self::new(Source::Only)
    }

    fn new(source: Source) -> Self {
        let made = Vec::new();
        Self { source, made }
    }

    /// All choices so far.
    pub fn made(&self) -> &[Choice] {
        &self.made
    }

    /// One of `of`, which is not 0.
    pub fn pick(&mut self, of: usize) -> usize {
        self.rarely(of, 1)
    }

    /// One of `of`, though 0 as often as if there were `dull` more of it.
    pub fn rarely(&mut self, of: usize, dull: usize) -> usize {
        let chosen = match &mut self.source {
            Source::Random(rng) => (rng.usize(..of + dull - 1) + 1).saturating_sub(dull),
            Source::Replay(chosen) => chosen.next().unwrap_or(0).min(of - 1),
            Source::Only => {
                assert!(of == 1, "a search has no choices but those it knows of");
                return 0;
            }
        };
        self.made.push(Choice { chosen, of });
        chosen
    }

    /// Whether something happens that does so once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.rarely(2, times) == 1
    }
}

import Journal

/// Names the history since the journal was last put back from a copy: what others saw of the original after the
/// copy was made may not be in it, and its numbers are given again.
struct Epoch: Sendable {
  /// Its name, shown in the greeting.
  let name: String
  /// Whether it begins with this start, so that the journal does not know it yet.
  let isNew: Bool

  /// The one that `journal` is in, or that begins with it.
  /// - Parameter draw: Makes a name that nothing else has.
  init(_ journal: Journal, draw: () -> String) {
    isNew = journal.isCopy
    name = isNew ? Journal.epochName(draw()) : journal.epoch
  }
}

/// Stops the program if `condition` does not hold.
///
/// `precondition` loses its message in optimised builds; this one keeps it, and stays on: an engine
/// whose state is impossible must not answer another command. The journal has everything that was
/// answered, so a restart recovers.
@inlinable @inline(__always)
public func invariant(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> StaticString,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !condition() { broken(message(), file, line) }
}

@inline(never) @usableFromInline
func broken(_ message: StaticString, _ file: StaticString, _ line: UInt) -> Never {
  fatalError("invariant broken: \(message)", file: file, line: line)
}

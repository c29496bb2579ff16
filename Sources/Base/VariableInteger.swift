/// Integers of variable length, seven bits a byte, least significant first (LEB128). Signed ones are
/// zigzag-coded, so that small magnitudes are short (Protocol Buffers encoding guide).
public enum VariableInteger {
  /// Appends `value` to `bytes`.
  public static func write(_ value: Int64, to bytes: inout [UInt8]) {
    writeUnsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63)), to: &bytes)
  }

  /// Reads one integer at `position`, which moves behind it.
  /// - Returns: `nil` if the bytes end early; `position` is then behind their end.
  public static func read(from bytes: ArraySlice<UInt8>, at position: inout Int) -> Int64? {
    guard let value = readUnsigned(from: bytes, at: &position) else { return nil }
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Appends `value` to `bytes` without zigzag.
  public static func writeUnsigned(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Reads one integer written by ``writeUnsigned(_:to:)``.
  /// - Returns: `nil` if the bytes end early; `position` is then behind their end.
  public static func readUnsigned(
    from bytes: ArraySlice<UInt8>, at position: inout Int
  ) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.endIndex, shift < 64 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    position = bytes.endIndex + 1
    return nil
  }
}

/// Options as versions before schema 3 journaled them: ` name=value name="quoted value"`. A frozen copy of what the
/// wire's grammar was then; the wire's may change, what is on disk does not.
struct OldOptions {
  private let bytes: [UInt8]
  private var position = 0

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// The options of `text`; `nil` if it is nothing of the kind.
  static func parse(_ text: String) -> [(name: String, value: String)]? {
    var parser = OldOptions(text)
    var options: [(name: String, value: String)] = []
    while parser.skipSpaces() {
      guard let name = parser.name(), let value = parser.value() else { return nil }
      options.append((name, value))
    }
    return options
  }

  /// Moves over spaces; `true` if something follows them.
  private mutating func skipSpaces() -> Bool {
    while position < bytes.count, bytes[position] == 0x20 { position += 1 }
    return position < bytes.count
  }

  private mutating func name() -> String? {
    let start = position
    while position < bytes.count, bytes[position] != 0x3D {
      let byte = bytes[position]
      guard (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D else {
        return nil
      }
      position += 1
    }
    guard position > start, position < bytes.count else { return nil }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func value() -> String? {
    if position < bytes.count, bytes[position] == 0x22 { return quoted() }
    let start = position
    while position < bytes.count, bytes[position] != 0x20 {
      if [0x22, 0x3D, 0x5C].contains(bytes[position]) { return nil }
      position += 1
    }
    return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
  }

  private mutating func quoted() -> String? {
    position += 1
    var result: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == 0x22 {
        let isEnd = position == bytes.count || bytes[position] == 0x20
        return isEnd ? String(decoding: result, as: UTF8.self) : nil
      }
      if byte != 0x5C {
        result.append(byte)
      } else if let character = escape() {
        result += String(character).utf8
      } else {
        return nil
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard position < bytes.count else { return nil }
    let byte = bytes[position]
    position += 1
    switch byte {
    case 0x22, 0x5C: return Unicode.Scalar(byte)
    case 0x6E: return "\n"
    case 0x74: return "\t"
    case 0x75: return unicodeEscape()
    default: return nil  // foreign: UInt8
    }
  }

  private mutating func unicodeEscape() -> Unicode.Scalar? {
    guard position < bytes.count, bytes[position] == 0x7B,
      let end = bytes[position...].firstIndex(of: 0x7D)
    else { return nil }
    let digits = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
    guard digits.utf8.count <= 6, let number = UInt32(digits, radix: 16),
      let scalar = Unicode.Scalar(number)
    else { return nil }
    position = end + 1
    return scalar
  }
}

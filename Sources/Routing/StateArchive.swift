import Base

/// Reads or writes the engine's state field by field. One description of a row serves both
/// directions, so that writing and reading cannot drift apart.
///
/// Integers are LEB128 variable-length, signed ones zigzag-coded (Protocol Buffers encoding guide).
protocol StateArchive {
  /// Whether this archive replaces what it is shown.
  var isReading: Bool { get }
  /// Whether what was read so far made sense.
  var isValid: Bool { get }
  mutating func unsigned(_ value: inout UInt64)
}

extension StateArchive {
  mutating func integer<T: FixedWidthInteger>(_ value: inout T) {
    if T.isSigned {
      let wide = Int64(truncatingIfNeeded: value)
      var zigzag = UInt64(bitPattern: (wide << 1) ^ (wide >> 63))
      unsigned(&zigzag)
      let back = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
      value = T(truncatingIfNeeded: back)
    } else {
      var wide = UInt64(truncatingIfNeeded: value)
      unsigned(&wide)
      value = T(truncatingIfNeeded: wide)
    }
  }

  mutating func boolean(_ value: inout Bool) {
    var bit: UInt64 = value ? 1 : 0
    unsigned(&bit)
    value = bit != 0
  }

  mutating func instant(_ value: inout Instant) { integer(&value.microseconds) }

  mutating func span(_ value: inout TimeSpan) { integer(&value.microseconds) }

  mutating func code<T: RawRepresentable>(_ value: inout T) where T.RawValue: FixedWidthInteger {
    var raw = value.rawValue
    integer(&raw)
    if let known = T(rawValue: raw) { value = known }
  }

  mutating func call(_ value: inout CallID) {
    var raw = value.rawValue
    integer(&raw)
    value = CallID(rawValue: raw)
  }

  mutating func optional<T>(
    _ value: inout T?, _ blank: T, _ body: (inout T, inout Self) -> Void
  ) {
    var isPresent = value != nil
    boolean(&isPresent)
    if !isPresent {
      value = nil
      return
    }
    var content = value ?? blank
    body(&content, &self)
    value = content
  }

  mutating func array<T>(
    _ values: inout [T], of blank: T, _ body: (inout T, inout Self) -> Void
  ) {
    var count = UInt64(values.count)
    unsigned(&count)
    if isReading {
      values = []
      for _ in 0..<count {
        if !isValid { return }
        var value = blank
        body(&value, &self)
        values.append(value)
      }
    } else {
      for i in values.indices { body(&values[i], &self) }
    }
  }
}

/// Writes state.
struct StateWriter: StateArchive {
  private(set) var bytes: [UInt8] = []
  var isReading: Bool { false }
  var isValid: Bool { true }

  mutating func unsigned(_ value: inout UInt64) {
    VariableInteger.writeUnsigned(value, to: &bytes)
  }
}

/// Reads state. After the end, or a number too long, everything is 0 and ``isValid`` is false.
struct StateReader: StateArchive {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private(set) var isValid = true
  var isReading: Bool { true }

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Whether everything has been read.
  var isAtEnd: Bool { position == bytes.endIndex }

  mutating func unsigned(_ value: inout UInt64) {
    guard isValid, let read = VariableInteger.readUnsigned(from: bytes, at: &position) else {
      isValid = false
      value = 0
      return
    }
    value = read
  }
}

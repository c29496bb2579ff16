/// Reads or writes the state of an engine, or of what is beside one, field by field. One description of a row serves both
/// directions, so that writing and reading cannot drift apart.
///
/// Integers are LEB128 variable-length, signed ones zigzag-coded (Protocol Buffers encoding guide).
public protocol StateArchive {
  /// Whether this archive replaces what it is shown.
  var isReading: Bool { get }
  /// Whether what was read so far made sense.
  var isValid: Bool { get }
  /// A number of variable length.
  mutating func unsigned(_ value: inout UInt64)
}

extension StateArchive {
  /// A number of any width.
  @inlinable
  public mutating func integer<T: FixedWidthInteger>(_ value: inout T) {
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

  /// A switch.
  @inlinable
  public mutating func boolean(_ value: inout Bool) {
    var bit: UInt64 = value ? 1 : 0
    unsigned(&bit)
    value = bit != 0
  }

  /// A moment.
  @inlinable
  public mutating func instant(_ value: inout Instant) { integer(&value.microseconds) }

  /// A length of time.
  @inlinable
  public mutating func span(_ value: inout TimeSpan) { integer(&value.microseconds) }

  /// A case of an enumeration, by its number; an unknown number leaves it as it is.
  @inlinable
  public mutating func code<T: RawRepresentable>(_ value: inout T)
  where T.RawValue: FixedWidthInteger {
    var raw = value.rawValue
    integer(&raw)
    if let known = T(rawValue: raw) { value = known }
  }

  /// What may be missing.
  @inlinable
  public mutating func optional<T>(
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

  /// Several, each read into a copy of `blank`.
  @inlinable
  public mutating func array<T>(
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

  /// A text.
  public mutating func text(_ value: inout String) {
    var bytes = Array(value.utf8)
    self.bytes(&bytes)
    if isReading { value = String(decoding: bytes, as: UTF8.self) }
  }

  /// Any bytes.
  public mutating func bytes(_ value: inout [UInt8]) {
    array(&value, of: 0) { $1.integer(&$0) }
  }
}

/// Writes state.
public struct StateWriter: StateArchive {
  /// What has been written.
  public internal(set) var bytes: [UInt8] = []
  /// It does not.
  public var isReading: Bool { false }
  /// It always is.
  public var isValid: Bool { true }

  /// Writes nothing yet.
  public init() {}

  /// A number of variable length.
  public mutating func unsigned(_ value: inout UInt64) {
    VariableInteger.writeUnsigned(value, to: &bytes)
  }
}

/// Reads state. After the end, or a number too long, everything is 0 and ``isValid`` is false.
public struct StateReader: StateArchive {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  /// Whether what was read so far made sense.
  public private(set) var isValid = true
  /// It does.
  public var isReading: Bool { true }

  /// Reads from the beginning of `bytes`.
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Whether everything has been read.
  public var isAtEnd: Bool { position == bytes.endIndex }

  /// A number of variable length.
  public mutating func unsigned(_ value: inout UInt64) {
    guard isValid, let read = VariableInteger.readUnsigned(from: bytes, at: &position) else {
      isValid = false
      value = 0
      return
    }
    value = read
  }
}

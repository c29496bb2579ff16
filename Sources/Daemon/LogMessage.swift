import Logging

/// Message ids of the log, explained in the journal catalog.
enum LogMessage {
  static let started: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e01"
  static let stopping: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e02"
  static let journalFailed: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e03"
  static let reloaded: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e04"
  static let reloadFailed: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e05"
  static let recovered: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e06"
  static let staleCall: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e07"
  static let invariantBroken: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e08"
  static let slowSubscriber: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e09"
  static let draining: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0a"
  static let handedOver: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0b"
  static let takenOver: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0c"
  static let clockJumped: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0d"
  static let reportsFailed: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0e"
  static let takingOver: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0f"
  static let journalLost: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e11"
  static let socketLost: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e12"
  static let phonesLost: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e13"
  static let forgotten: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e14"
  static let archived: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e15"
  static let restored: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e10"
}

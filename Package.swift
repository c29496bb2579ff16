// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules; the core adds strict memory safety.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let core: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
  name: "rota",
  products: [
    .executable(name: "rotad", targets: ["rotad"]),
    .executable(name: "rotactl", targets: ["rotactl"]),
    .executable(name: "rotasim", targets: ["rotasim"]),
    // For LD_PRELOAD, in the tests of faults.
    .library(name: "faultyfiles", type: .dynamic, targets: ["CFaultyFiles"]),
    // For Tests/Fuzz.
    .library(name: "RotaTestSupport", targets: ["CSimulatedDisk", "TestSupport"]),
    .library(
      name: "Rota",
      targets: [
        "Base", "Measures", "Routing", "LineProtocol", "Configuration", "YAMLTree", "Engines",
        "Events", "Frames", "Journal", "Migration", "Switchboard", "Reporting", "Daemon",
        "Stochastics", "Vocabulary", "Staffing",
        "Simulation",
      ]),
    .library(
      name: "RotaClient",
      targets: ["Base", "CallScripts", "Client", "ClientNIO", "LineProtocol", "Vocabulary"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.0"),
    .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
  ],
  targets: [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),

    .target(name: "Base", swiftSettings: core),
    .target(name: "Frames", dependencies: ["Base"], swiftSettings: core),
    .target(name: "Measures", dependencies: ["Base"], swiftSettings: core),
    .target(name: "Routing", dependencies: ["Base"], swiftSettings: core),
    .target(name: "Engines", dependencies: ["Base", "Routing"], swiftSettings: core),
    .target(name: "LineProtocol", dependencies: ["Base"], swiftSettings: core),
    .target(
      name: "YAMLTree",
      dependencies: ["Base", "LineProtocol", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .target(name: "Vocabulary", dependencies: ["Base", "LineProtocol"], swiftSettings: core),
    .target(
      name: "CallScripts", dependencies: ["Base", "Client", "LineProtocol", "Vocabulary"],
      swiftSettings: strict),
    .target(
      name: "Events", dependencies: ["Base", "Frames", "LineProtocol", "Routing"],
      swiftSettings: core),
    .target(
      name: "Switchboard", dependencies: ["Base", "Engines", "Events", "Frames", "Routing"],
      swiftSettings: core),
    .target(name: "Stochastics", swiftSettings: core),
    .target(
      name: "Simulation",
      dependencies: [
        "Base", "Engines", "Measures", "Routing", "Stochastics",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ], swiftSettings: strict),
    .target(
      name: "Planning",
      dependencies: [
        "Base", "Configuration", "YAMLTree", "Events", "Frames", "Journal", "Measures",
        "Migration", "Routing", "Simulation", "Staffing", "Stochastics", "Vocabulary",
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: strict),
    .target(name: "Output", swiftSettings: strict),
    .target(name: "Staffing", dependencies: ["Stochastics"], swiftSettings: core),
    .target(
      name: "Configuration",
      dependencies: [
        "YAMLTree",
        "Base", "Events", "LineProtocol", "Routing", "Switchboard", "Vocabulary",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .target(
      name: "Journal", dependencies: ["Base", "CSQLite", "Frames"],
      swiftSettings: strict),
    .target(
      name: "Migration",
      dependencies: [
        "Base", "Configuration", "Events", "Frames", "Journal", "Routing",
      ],
      swiftSettings: strict),
    .target(
      name: "Reporting",
      dependencies: [
        "Base", "Configuration", "Events", "Frames", "Journal", "LineProtocol", "Measures",
        "Routing",
      ],
      swiftSettings: strict),
    .target(
      name: "Systemd",
      dependencies: [
        "Base", "CSystemd", "LineProtocol", .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .target(
      name: "Daemon",
      dependencies: [
        "Base", "Measures", "Routing", "LineProtocol", "Configuration", "YAMLTree", "Events",
        "Frames", "Journal", "Migration", "Switchboard", "Reporting", "Systemd",
        "Vocabulary",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .target(
      name: "Client", dependencies: ["LineProtocol", "Vocabulary"], swiftSettings: strict),
    .target(
      name: "ClientNIO",
      dependencies: [
        "Client", "LineProtocol", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "rotad",
      dependencies: [
        "Events",
        "Base", "Daemon", "Configuration", "YAMLTree", "LineProtocol", "Output", "Routing",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "rotactl",
      dependencies: [
        "Base", "CallScripts", "Client", "LineProtocol", "Output", "Vocabulary",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Rainbow", package: "Rainbow"),
        .product(name: "TextTable", package: "TextTable"),
      ], swiftSettings: strict),

    .executableTarget(
      name: "rotasim",
      dependencies: [
        "Base", "CallScripts", "Client", "Configuration", "YAMLTree", "Events", "Journal",
        "LineProtocol",
        "Output", "Planning",
        "Routing", "Simulation", "Staffing", "Stochastics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "Rainbow", package: "Rainbow"),
      ], swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Base", "Events", "LineProtocol", "Routing"],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(name: "BaseTests", dependencies: ["Base", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "MeasuresTests", dependencies: ["Base", "Measures"], swiftSettings: strict),
    .testTarget(
      name: "ReportingTests",
      dependencies: [
        "Base", "Configuration", "Events", "Journal", "LineProtocol", "Measures",
        "Frames", "Reporting",
        "Routing", "Simulation", "Stochastics", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(name: "OutputTests", dependencies: ["Output"], swiftSettings: strict),
    .testTarget(name: "StochasticsTests", dependencies: ["Stochastics"], swiftSettings: strict),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "Base", "Events", "Routing", "Simulation", "Stochastics", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PlanningTests",
      dependencies: [
        "TestSupport",
        "Measures",
        "Events", "Frames", "Migration", "Base", "Configuration", "YAMLTree", "Journal", "Planning",
        "Routing",
        "Simulation", "Stochastics",
        "rotasim",
      ], swiftSettings: strict),
    .testTarget(
      name: "StaffingTests", dependencies: ["Staffing", "Stochastics", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "RoutingTests",
      dependencies: [
        "Base", "Configuration", "Events", "Frames", "Routing", "Switchboard", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "EventsTests",
      dependencies: ["Frames", "Base", "Events", "LineProtocol", "Routing", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "LineProtocolTests", dependencies: ["Base", "LineProtocol"], swiftSettings: strict),
    .testTarget(
      name: "VocabularyTests",
      dependencies: ["Base", "Events", "LineProtocol", "Routing", "Vocabulary"],
      swiftSettings: strict),
    .testTarget(
      name: "ClientTests", dependencies: ["Client", "LineProtocol", "Vocabulary"],
      swiftSettings: strict),
    .testTarget(name: "SystemdTests", dependencies: ["Systemd"], swiftSettings: strict),
    .testTarget(
      name: "CallScriptsTests",
      dependencies: ["Base", "CallScripts", "LineProtocol", "Vocabulary"],
      swiftSettings: strict),
    .testTarget(
      name: "ClientNIOTests",
      dependencies: [
        "Client", "ClientNIO", "LineProtocol", "Vocabulary",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: strict),
    .testTarget(
      name: "YAMLTreeTests",
      dependencies: ["Base", "YAMLTree", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .testTarget(
      name: "ConfigurationTests",
      dependencies: [
        "TestSupport",
        "Events", "Switchboard", "Base", "Configuration", "YAMLTree", "LineProtocol", "Routing",
        "Vocabulary",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests", dependencies: ["Base", "Frames", "Journal", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "EnginesTests",
      dependencies: ["Base", "Engines", "Routing"], swiftSettings: strict),
    .testTarget(
      name: "SwitchboardTests",
      dependencies: [
        "Base", "CSimulatedDisk", "Configuration", "Engines", "Events", "Frames",
        "Journal",
        "Routing", "Switchboard",
      ], swiftSettings: strict),
    .testTarget(
      name: "FramesTests", dependencies: ["Base", "Frames"], swiftSettings: strict),
    .testTarget(
      name: "MigrationTests",
      dependencies: [
        "Base", "CSimulatedDisk", "Configuration", "Events", "Frames", "Journal",
        "Migration",
        "Planning", "Routing", "Simulation", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Measures",
        "Switchboard", "Frames", "Migration", "Base", "Client", "ClientNIO",
        "Configuration",
        "Daemon", "Events",
        "Journal",
        "LineProtocol", "Reporting", "Routing", "Vocabulary",
        "TestSupport", "rotad", "rotactl", "rotasim",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], exclude: ["Journals"], swiftSettings: strict),
    .target(name: "CFaultyFiles", path: "Tests/CFaultyFiles"),
    .target(
      name: "CSimulatedDisk", dependencies: [], path: "Tests/CSimulatedDisk"),
    .testTarget(
      name: "DaemonSimulationTests",
      dependencies: [
        "Switchboard", "Events", "Frames", "Base", "CSimulatedDisk", "CallScripts",
        "Configuration",
        "Daemon", "Journal",
        "LineProtocol", "Reporting",
        "Routing", "Vocabulary", "TestSupport", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ], swiftSettings: strict),
    .testTarget(name: "SourceTests", swiftSettings: strict),
  ]
)

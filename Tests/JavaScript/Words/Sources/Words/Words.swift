/// Where the package's files are, relative to the page.
public var texts: String { Bundle.module + "/Texts" }

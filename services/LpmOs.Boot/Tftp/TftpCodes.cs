namespace LpmOs.Boot.Tftp;

/// <summary>RFC 1350 section 5; OACK is of RFC 2347.</summary>
internal enum TftpOperation : ushort
{
    ReadRequest = 1,
    WriteRequest = 2,
    Data = 3,
    Acknowledgement = 4,
    Error = 5,
    OptionAcknowledgement = 6,
}

/// <summary>RFC 1350 section 5, and 8 of RFC 2347.</summary>
internal enum TftpErrorCode : ushort
{
    NotDefined = 0,
    FileNotFound = 1,
    AccessViolation = 2,
    DiskFull = 3,
    IllegalOperation = 4,
    UnknownTransfer = 5,
    FileExists = 6,
    NoSuchUser = 7,
    /// <summary>Also how UEFI firmware ends a transfer once it has read the size: normal.</summary>
    OptionRefused = 8,
}

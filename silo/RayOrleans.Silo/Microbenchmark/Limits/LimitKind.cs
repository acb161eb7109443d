namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>What a line cannot be faster than on this machine, built from bare parts.</summary>
internal enum LimitKind
{
    /// <summary>A call handed to an owned thread, waited for, one at a time.</summary>
    RoundTrip,

    /// <summary>Calls handed to an owned thread, 1,000 in flight.</summary>
    Pipelined,

    /// <summary>A delegate called on the caller's thread, its result boxed.</summary>
    Inline,

    /// <summary>A small value copied into an arena, entered into a dictionary and taken out again; the size is the number of clients.</summary>
    Put,

    /// <summary>A small value copied into an arena and entered into a dictionary, sealed, looked up, copied out, and taken out again; the size is its length in bytes.</summary>
    PutGetDelete,

    /// <summary>An entry looked up in a dictionary.</summary>
    Lookup,

    /// <summary>A copy by one thread into shared memory that was touched before, for what one caller does on its thread; the size is its length in bytes.</summary>
    Copy,

    /// <summary>The same by one thread or by two together, for what several callers do at once.</summary>
    CopyTogether,

    /// <summary>Bytes of one shared mapping sent into another over TCP on loopback; the size is the number of connections.</summary>
    SocketCopy,

    /// <summary>Bytes of a shared mapping of another process sent into one of this process over TCP on loopback; the size is the number of connections.</summary>
    ProcessSocketCopy,

    /// <summary>A file written from the start to its end; the size is its length in bytes.</summary>
    FileWrite,

    /// <summary>A file read from the start to its end; the size is its length in bytes.</summary>
    FileRead,

    /// <summary>Memory of a bare future that is held.</summary>
    KeptFuture,

    /// <summary>All of it: 100 percent.</summary>
    Whole,

    /// <summary>How long the silo may take to answer: 200 milliseconds.</summary>
    AllowedDelay,

    /// <summary>An empty grain call to the other silo, waited for, one at a time.</summary>
    GrainCall,

    /// <summary>Empty grain calls to the other silo, 1,000 in flight.</summary>
    GrainCallsPipelined,

    /// <summary>A message to another process and back over a bare Unix socket, one at a time.</summary>
    SocketRoundTrip,

    /// <summary>Messages to another process and back over a bare Unix socket, 1,000 sent together.</summary>
    SocketPipelined,

    /// <summary>Copies of four processes into one touched shared mapping; the size is the length of all of it.</summary>
    ProcessCopies,

    /// <summary>A copy into shared memory that was not touched before; the size is its length in bytes.</summary>
    FirstTouch,

    /// <summary>Memory of an item in a dictionary.</summary>
    DictionaryItem,

    /// <summary>How long a process may take until its first task runs, in milliseconds.</summary>
    AllowedStart,

    /// <summary>The same for one that was kept ready.</summary>
    AllowedWarmStart,

    /// <summary>Groups of bytes appended to a plain file; the size is that of a group.</summary>
    GroupWrite,

    /// <summary>Groups of bytes inserted into a table of PostgreSQL; the size is that of a group.</summary>
    GroupInsert,
}

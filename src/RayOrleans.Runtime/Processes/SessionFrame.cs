namespace RayOrleans.Runtime.Processes;

/// <summary>What a frame of a session's connection holds. Numbers are part of the form.</summary>
internal enum SessionFrame : byte
{
    /// <summary>Messages of the session.</summary>
    Messages = 1,

    /// <summary>A request to the node: its number, its kind, its bytes.</summary>
    Request = 2,

    /// <summary>The answer to a request: its number, whether it failed, its bytes or the reason.</summary>
    Answer = 3,

    /// <summary>To a driver that has asked for it: what its tasks have written.</summary>
    Output = 4,
}

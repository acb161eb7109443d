namespace RayOrleans.ObjectStore;

/// <summary>Settings of a <see cref="StoreServer"/>; read once, when it starts.</summary>
public sealed class StoreServerOptions
{
    /// <summary>The most that <see cref="InlineLimitBytes"/> can be: 100 KiB.</summary>
    public const int MaxInlineLimitBytes = 100 << 10;

    /// <summary>
    /// Directory in which the socket's own directory (0700) is made. Default: the temporary directory. A socket's path has at most 107 bytes.
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>
    /// Objects up to this many bytes travel inside the messages and stay out of the arena until a process asks for them in place. Default 100 KiB, the most.
    /// Less sends more objects through the arena, which takes three messages instead of one.
    /// </summary>
    public int InlineLimitBytes { get; set; } = MaxInlineLimitBytes;

    /// <summary>
    /// Bytes of inline objects that the server keeps in its own memory; further small objects go into the arena. Default: a sixteenth of the arena's capacity.
    /// </summary>
    public long? InlineCapacityBytes { get; set; }

    /// <summary>Processes that may be connected at a time; more are refused. Default 1,024. Each has a thread at the server.</summary>
    public int MaxClients { get; set; } = 1024;

    /// <summary>How long a connection may take to say who it is. Default 10 s.</summary>
    public TimeSpan HelloTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Told, in one sentence, of each client that was shut out for breaking the protocol. Default: nobody.</summary>
    public Action<string>? ClientFailed { get; set; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it and its range.</exception>
    public void Validate()
    {
        Require(InlineLimitBytes is >= 0 and <= MaxInlineLimitBytes, nameof(InlineLimitBytes), InlineLimitBytes, $"between 0 and {MaxInlineLimitBytes} bytes");
        Require(InlineCapacityBytes is null or >= 0, nameof(InlineCapacityBytes), InlineCapacityBytes ?? 0, "zero or more");
        Require(MaxClients >= 1, nameof(MaxClients), MaxClients, "one or more");
        Require(HelloTimeout > TimeSpan.Zero && HelloTimeout <= TimeSpan.FromDays(1), nameof(HelloTimeout), HelloTimeout, "between zero and one day");
    }

    private static void Require(bool valid, string option, object value, string range)
    {
        if (!valid)
            throw new ArgumentException($"StoreServerOptions.{option} is {value}; it must be {range}.", option);
    }
}

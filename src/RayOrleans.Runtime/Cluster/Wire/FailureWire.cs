using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>Failures as bytes.</summary>
internal static class FailureWire
{
    private const byte HadStarted = 1;
    private const byte HasCause = 2;
    private const byte HasNode = 4;
    private const byte AllFlags = 7;

    public static void Write(WireWriter w, IPayloadWire payloads, Failure failure)
    {
        w.Byte((byte)failure.Kind);
        w.Byte((byte)((failure.HadStarted ? HadStarted : 0) | (failure.Cause is not null ? HasCause : 0) | (failure.Node != NodeId.None ? HasNode : 0)));
        w.Text(failure.Message);
        w.Task(failure.Source);
        w.Text(failure.FunctionName);
        w.Int(failure.Attempt);
        if (failure.Node != NodeId.None)
        {
            w.Node(failure.Node);
        }

        if (failure.Cause is { } cause)
        {
            PayloadFrames.WriteCause(w, payloads, cause);
        }
    }

    public static Failure Read(ref WireReader r, IPayloadWire payloads)
    {
        FailureKind kind = r.Enum<FailureKind>();
        byte flags = r.Byte();
        if (flags > AllFlags)
        {
            throw r.Corrupt("an unknown sort of failure");
        }

        string message = r.RequiredText();
        TaskId source = r.Task();
        string? function = r.Text();
        int attempt = r.Int();
        NodeId node = (flags & HasNode) != 0 ? r.Node() : NodeId.None;
        object? cause = (flags & HasCause) != 0 ? PayloadFrames.ReadCause(ref r, payloads) : null;
        return new Failure(kind, message, cause, source, function, attempt) { HadStarted = (flags & HadStarted) != 0, Node = node };
    }
}

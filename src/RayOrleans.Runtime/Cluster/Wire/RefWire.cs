using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>References as bytes.</summary>
internal static class RefWire
{
    /// <summary>The least that one takes.</summary>
    private const int MinBytes = 29;

    public static void Write(WireWriter w, IPayloadWire payloads, RemoteRef reference)
    {
        w.Object(reference.Id);
        w.Node(reference.Owner);
        w.Job(reference.Job);
        w.Node(reference.Driver);
        w.Int(reference.PartCount);
        w.Flag(reference.Actor is not null);
        if (reference.Actor is { } actor)
        {
            ActorWire.Write(w, payloads, actor);
        }
    }

    public static RemoteRef Read(ref WireReader r, IPayloadWire payloads) =>
        new(r.Object(), r.Node(), r.Job(), r.Node(), r.Int(), r.Flag() ? ActorWire.Read(ref r, payloads) : null);

    public static void WriteList(WireWriter w, IPayloadWire payloads, IReadOnlyList<RemoteRef> references)
    {
        w.Count(references.Count);
        for (int i = 0; i < references.Count; i++)
        {
            Write(w, payloads, references[i]);
        }
    }

    public static RemoteRef[] ReadList(ref WireReader r, IPayloadWire payloads)
    {
        int count = r.Count(MinBytes);
        RemoteRef[] result = count == 0 ? [] : new RemoteRef[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = Read(ref r, payloads);
        }

        return result;
    }

    /// <summary>Whether two references say the same; an actor's description never changes, so having one is enough.</summary>
    public static bool IsSame(RemoteRef left, RemoteRef right) =>
        ReferenceEquals(left, right)
        || (left.Id == right.Id && left.Owner == right.Owner && left.Job == right.Job && left.Driver == right.Driver && left.PartCount == right.PartCount
            && left.Actor is null == right.Actor is null);
}

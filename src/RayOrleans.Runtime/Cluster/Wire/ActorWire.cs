using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>What is told of actors, as bytes.</summary>
internal static class ActorWire
{
    private const byte IsDetached = 1;
    private const byte TakesTurns = 2;
    private const byte AllowOutOfOrder = 4;
    private const byte KeepsResources = 8;
    private const byte HasHost = 16;
    private const byte AllFlags = 31;

    public static void Write(WireWriter w, IPayloadWire payloads, RemoteActor actor) =>
        w.SharedActor(actor, (actor, payloads), static (w, s) => WriteNew(w, s.payloads, s.actor));

    public static RemoteActor Read(ref WireReader r, IPayloadWire payloads)
    {
        if (r.TryActor(out object? known))
        {
            return (RemoteActor)known;
        }

        RemoteActor actor = ReadNew(ref r, payloads);
        r.AddActor(actor);
        return actor;
    }

    public static void WriteReport(WireWriter w, IPayloadWire payloads, ActorReport? report)
    {
        w.Flag(report is not null);
        if (report is null)
        {
            return;
        }

        w.Byte((byte)report.State);
        w.Int(report.Incarnation);
        w.Int(report.RestartsUsed);
        w.Node(report.Host);
        w.Flag(report.Death is not null);
        if (report.Death is not null)
        {
            FailureWire.Write(w, payloads, report.Death);
        }
    }

    public static ActorReport? ReadReport(ref WireReader r, IPayloadWire payloads) => !r.Flag()
        ? null
        : new ActorReport(
            r.Enum<Core.ActorState>(), r.Int(), r.Int(), r.Node(), r.Flag() ? FailureWire.Read(ref r, payloads) : null);

    private static void WriteNew(WireWriter w, IPayloadWire payloads, RemoteActor actor)
    {
        ActorOptions options = actor.Options;
        w.Byte((byte)((options.IsDetached ? IsDetached : 0) | (options.TakesTurns ? TakesTurns : 0) | (options.AllowOutOfOrder ? AllowOutOfOrder : 0)
            | (options.KeepsResources ? KeepsResources : 0) | (actor.Host is not null ? HasHost : 0)));
        w.Text(options.Name);
        w.Text(options.Namespace);
        w.Int(options.MaxRestarts);
        w.Int(options.MaxConcurrency);
        w.Int(options.MaxPendingCalls);
        w.Count(options.LaneLimits.Count);
        foreach (int limit in options.LaneLimits)
        {
            w.Int(limit);
        }

        w.Text(actor.ClassName);
        if (actor.Host is { } host)
        {
            PayloadFrames.WriteHost(w, payloads, host);
        }
    }

    private static RemoteActor ReadNew(ref WireReader r, IPayloadWire payloads)
    {
        byte flags = r.Byte();
        if (flags > AllFlags)
        {
            throw r.Corrupt("unknown options of an actor");
        }

        ActorOptions options = new()
        {
            IsDetached = (flags & IsDetached) != 0,
            TakesTurns = (flags & TakesTurns) != 0,
            AllowOutOfOrder = (flags & AllowOutOfOrder) != 0,
            KeepsResources = (flags & KeepsResources) != 0,
            Name = r.Text(),
            Namespace = r.RequiredText(),
            MaxRestarts = r.Int(),
            MaxConcurrency = r.Int(),
            MaxPendingCalls = r.Int(),
            LaneLimits = ReadLimits(ref r),
        };
        return new RemoteActor(options, r.Text(), (flags & HasHost) != 0 ? PayloadFrames.ReadHost(ref r, payloads) : null);
    }

    private static int[] ReadLimits(ref WireReader r)
    {
        int count = r.Count(1);
        int[] limits = count == 0 ? [] : new int[count];
        for (int i = 0; i < count; i++)
        {
            limits[i] = r.Int();
        }

        return limits;
    }
}

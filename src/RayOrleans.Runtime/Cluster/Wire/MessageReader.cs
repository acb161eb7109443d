using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>Bytes to messages.</summary>
internal static class MessageReader
{
    public static Message Read(ref WireReader r, IPayloadWire payloads)
    {
        MessageTag tag = (MessageTag)r.Byte();
        return tag switch
        {
            MessageTag.Execute => ReadExecute(ref r, payloads),
            MessageTag.Completed => ReadCompleted(ref r, payloads),
            MessageTag.Refused => new RefusedMessage(r.Task(), r.Int(), r.Flag()),
            MessageTag.Cancel => new CancelMessage(r.Task(), r.Int(), r.Flag(), r.Flag()),
            MessageTag.Wanted => new WantedMessage(r.Task(), r.Int()),
            MessageTag.StreamItem => ReadItem(ref r, payloads),
            MessageTag.StreamRoom => new StreamRoomMessage(r.Task(), r.Int(), r.Int()),
            MessageTag.TransitDone => new TransitDoneMessage(r.Long()),
            MessageTag.JobEnded => new JobEndedMessage(r.Job(), r.RequiredText()),
            MessageTag.StopActor => new StopActorMessage(new ActorId(r.Task()), r.Int(), r.Flag(), r.Flag(), r.RequiredText()),
            MessageTag.ActorEnded => ReadActorEnded(ref r),
            MessageTag.ActorManager => new ActorManagerMessage(new ActorId(r.Task()), r.Int()),
            MessageTag.Discard => new DiscardMessage(r.Object(), r.Int()),
            MessageTag.Publish => ReadPublish(ref r, payloads),
            MessageTag.PublishCounted => ReadPublishCounted(ref r, payloads),
            MessageTag.Hold => new HoldMessage(RefWire.Read(ref r, payloads), r.Enum<HoldLevel>()),
            MessageTag.Object => new ObjectMessage(ReportWire.Read(ref r, payloads)),
            MessageTag.Unlocated => new UnlocatedMessage(r.Object(), r.Int()),
            MessageTag.Subscribe => new SubscribeMessage(RefWire.Read(ref r, payloads), r.Flag()),
            MessageTag.Wish => new WishMessage(RefWire.Read(ref r, payloads), r.Enum<OwnerWish>(), r.Flag()),
            MessageTag.Orphan => new OrphanMessage(RefWire.Read(ref r, payloads), r.Node(), r.Int()),
            MessageTag.Find => new FindMessage(RefWire.Read(ref r, payloads)),
            MessageTag.Actor => new ActorMessage(r.Task(), ActorWire.ReadReport(ref r, payloads) ?? throw r.Corrupt("an actor's state is missing")),
            MessageTag.Disown => new DisownMessage(r.Task(), r.Int()),
            MessageTag.Republished => new RepublishedMessage(),
            MessageTag.Death => new DeathMessage(r.Node()),
            MessageTag.State => new StateMessage(ReportWire.Read(ref r, payloads), ShapeWire.ReadNodes(ref r), r.Node(), ActorWire.ReadReport(ref r, payloads)),
            MessageTag.Keep => new KeepMessage(ReportWire.Read(ref r, payloads), ShapeWire.ReadNodes(ref r), r.Node()),
            MessageTag.Delete => new DeleteMessage(r.Object()),
            MessageTag.Forget => new ForgetMessage(r.Task()),
            MessageTag.Rebuild => new RebuildMessage(r.Object(), r.Int()),
            MessageTag.Job => new JobMessage(JobWire.Read(ref r)),
            MessageTag.JobState => new JobStateMessage(JobWire.Read(ref r)),
            MessageTag.Adopt => ReadAdopt(ref r, payloads),
            MessageTag.AdoptCounted => ReadAdoptCounted(ref r, payloads),
            _ => throw r.Corrupt($"message {(byte)tag} is not known"),
        };
    }

    private static ExecuteMessage ReadExecute(ref WireReader r, IPayloadWire payloads)
    {
        TaskSpec spec = SpecWire.Read(ref r, payloads);
        int attempt = r.Int();
        int hops = r.Int();
        int incarnation = r.Int();
        return new ExecuteMessage(spec, attempt, SpecWire.ReadInputs(ref r, payloads, spec), hops, incarnation)
        {
            Kept = SpecWire.ReadIndices(ref r),
            Produced = spec.IsStream ? r.Int() : 0,
            Until = spec.IsStream ? r.Int() : 0,
        };
    }

    private static StreamItemMessage ReadItem(ref WireReader r, IPayloadWire payloads)
    {
        TaskId task = r.Task();
        int attempt = r.Int();
        int index = r.Int();
        long transit = r.Long();
        return SpecWire.ReadResults(ref r, payloads) is [RemoteResult item]
            ? new StreamItemMessage(task, attempt, index, item, transit)
            : throw r.Corrupt("an item of a stream is one");
    }

    private static CompletedMessage ReadCompleted(ref WireReader r, IPayloadWire payloads)
    {
        TaskId task = r.Task();
        int attempt = r.Int();
        byte flags = r.Byte();
        if (flags > CompletedFlags.All)
        {
            throw r.Corrupt("an unknown sort of completion");
        }

        long transit = r.Long();
        RemoteResult[] results = SpecWire.ReadResults(ref r, payloads);
        int[] indices = SpecWire.ReadIndices(ref r);
        RemoteResult[] nested = SpecWire.ReadResults(ref r, payloads);
        if (indices.Length != nested.Length)
        {
            throw r.Corrupt($"{nested.Length} nested results have {indices.Length} indices");
        }

        Failure? failure = (flags & CompletedFlags.HasFailure) != 0 ? FailureWire.Read(ref r, payloads) : null;
        return new CompletedMessage(
            task, attempt, results, [.. indices.Zip(nested, (index, result) => new NestedResult(index, result))], failure, (flags & CompletedFlags.IsRetriable) != 0, (flags & CompletedFlags.IsSystemFailure) != 0, transit)
        {
            Blame = (Blame)(flags >> CompletedFlags.BlameShift),
        };
    }

    private static ActorEndedMessage ReadActorEnded(ref WireReader r)
    {
        ActorId actor = new(r.Task());
        int incarnation = r.Int();
        Blame blame = r.Enum<Blame>();
        return new ActorEndedMessage(actor, incarnation, r.RequiredText(), blame);
    }

    private static PublishMessage ReadPublish(ref WireReader r, IPayloadWire payloads) => new(
        r.Task(), Epoch: r.Int(), FirstAttempt: r.Int(), Spec: ReadSpec(ref r, payloads), Objects: ReportWire.ReadList(ref r, payloads),
        Actor: ActorWire.ReadReport(ref r, payloads));

    private static PublishMessage ReadPublishCounted(ref WireReader r, IPayloadWire payloads)
    {
        int uncharged = r.Int();
        bool isEvicted = r.Flag();
        return ReadPublish(ref r, payloads) with { Uncharged = uncharged, IsEvicted = isEvicted };
    }

    private static AdoptMessage ReadAdoptCounted(ref WireReader r, IPayloadWire payloads)
    {
        int uncharged = r.Int();
        bool isEvicted = r.Flag();
        return ReadAdopt(ref r, payloads) with { Uncharged = uncharged, IsEvicted = isEvicted };
    }

    private static AdoptMessage ReadAdopt(ref WireReader r, IPayloadWire payloads) => new(
        r.Task(), Epoch: r.Int(), FirstAttempt: r.Int(), Spec: ReadSpec(ref r, payloads), Objects: ReportWire.ReadList(ref r, payloads),
        Actor: ActorWire.ReadReport(ref r, payloads));

    private static TaskSpec? ReadSpec(ref WireReader r, IPayloadWire payloads) => r.Flag() ? SpecWire.Read(ref r, payloads) : null;
}

using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>Tasks and their inputs and results as bytes.</summary>
internal static class SpecWire
{
    private const byte HasActor = 1;
    private const byte CreatesActor = 2;
    private const byte NamesActor = 4;
    private const byte IsStream = 8;
    private const byte AllFlags = 15;

    private const byte RefIsSpecs = 1;
    private const byte IsInline = 2;

    public static void Write(WireWriter w, IPayloadWire payloads, TaskSpec spec)
    {
        bool creates = spec.ActorId.Creation == spec.Id;
        w.Byte((byte)spec.Kind);
        w.Byte((byte)((spec.Actor is not null ? HasActor : 0) | (creates ? CreatesActor : spec.ActorId.IsNone ? 0 : NamesActor) | (spec.IsStream ? IsStream : 0)));
        w.Task(spec.Id);
        w.Job(spec.Job);
        w.Node(spec.Driver);
        w.Text(spec.Namespace);
        w.Task(spec.Parent);
        w.Int(spec.Depth);
        OptionsWire.Write(w, payloads, spec.Options);
        PayloadFrames.WriteCall(w, payloads, spec);
        w.Int(spec.PayloadBytes);
        w.Text(spec.Name);
        w.Int(spec.PartCount);
        w.Int(spec.DependencyCount);
        w.Int(spec.Lane);
        if (spec.Actor is { } actor)
        {
            ActorWire.Write(w, payloads, actor);
        }

        if (!creates && !spec.ActorId.IsNone)
        {
            w.Task(spec.ActorId.Creation);
        }

        RefWire.WriteList(w, payloads, spec.Inputs);
    }

    public static TaskSpec Read(ref WireReader r, IPayloadWire payloads)
    {
        Core.TaskKind kind = r.Enum<Core.TaskKind>();
        byte flags = r.Byte();
        if (flags > AllFlags || (flags & (CreatesActor | NamesActor)) == (CreatesActor | NamesActor))
        {
            throw r.Corrupt("an unknown sort of task");
        }

        TaskId id = r.Task();
        return new TaskSpec
        {
            Kind = kind,
            Id = id,
            Job = r.Job(),
            Driver = r.Node(),
            Namespace = r.Text(),
            Parent = r.Task(),
            Depth = r.Int(),
            Options = OptionsWire.Read(ref r, payloads),
            Payload = PayloadFrames.ReadCall(ref r, payloads),
            PayloadBytes = (int)r.Size(isHere: true),
            Name = r.Text(),
            IsStream = (flags & IsStream) != 0,
            PartCount = r.Int(),
            DependencyCount = r.Int(),
            Lane = r.Int(),
            Actor = (flags & HasActor) != 0 ? ActorWire.Read(ref r, payloads) : null,
            ActorId = (flags & CreatesActor) != 0 ? new ActorId(id) : (flags & NamesActor) != 0 ? new ActorId(r.Task()) : ActorId.None,
            Inputs = RefWire.ReadList(ref r, payloads),
        };
    }

    /// <summary>The inputs of a task; those that are the spec's own references are not written again.</summary>
    public static void WriteInputs(WireWriter w, IPayloadWire payloads, TaskSpec spec, IReadOnlyList<RemoteInput> inputs)
    {
        w.Count(inputs.Count);
        for (int i = 0; i < inputs.Count; i++)
        {
            RemoteInput input = inputs[i];
            bool isSpecs = i < spec.Inputs.Count && RefWire.IsSame(spec.Inputs[i], input.Ref);
            w.Byte((byte)((isSpecs ? RefIsSpecs : 0) | (input.IsInline ? IsInline : 0)));
            if (!isSpecs)
            {
                RefWire.Write(w, payloads, input.Ref);
            }

            w.Int(input.Size);
            if (input.IsInline)
            {
                PayloadFrames.WriteValue(w, payloads, input.Value);
            }
        }
    }

    public static RemoteInput[] ReadInputs(ref WireReader r, IPayloadWire payloads, TaskSpec spec)
    {
        int count = r.Count(2);
        RemoteInput[] inputs = count == 0 ? [] : new RemoteInput[count];
        for (int i = 0; i < count; i++)
        {
            byte flags = r.Byte();
            if (flags > (RefIsSpecs | IsInline) || ((flags & RefIsSpecs) != 0 && i >= spec.Inputs.Count))
            {
                throw r.Corrupt("an unknown sort of input");
            }

            RemoteRef reference = (flags & RefIsSpecs) != 0 ? spec.Inputs[i] : RefWire.Read(ref r, payloads);
            bool isInline = (flags & IsInline) != 0;
            long size = r.Size(isInline);
            inputs[i] = new RemoteInput(reference, isInline, isInline ? PayloadFrames.ReadValue(ref r, payloads) : null, size);
        }

        return inputs;
    }

    public static void WriteResults(WireWriter w, IPayloadWire payloads, IReadOnlyList<RemoteResult> results)
    {
        w.Count(results.Count);
        for (int i = 0; i < results.Count; i++)
        {
            RemoteResult result = results[i];
            w.Flag(result.IsStored);
            w.Int(result.Size);
            RefWire.WriteList(w, payloads, result.Contained);
            if (!result.IsStored)
            {
                PayloadFrames.WriteValue(w, payloads, result.Value);
            }
        }
    }

    /// <summary>Which of a task's objects.</summary>
    public static void WriteIndices(WireWriter w, IReadOnlyList<int> indices)
    {
        w.Count(indices.Count);
        foreach (int index in indices)
        {
            w.Int(index);
        }
    }

    public static int[] ReadIndices(ref WireReader r)
    {
        int count = r.Count(1);
        int[] indices = count == 0 ? [] : new int[count];
        for (int i = 0; i < count; i++)
        {
            indices[i] = r.Int();
        }

        return indices;
    }

    public static RemoteResult[] ReadResults(ref WireReader r, IPayloadWire payloads)
    {
        int count = r.Count(3);
        RemoteResult[] results = count == 0 ? [] : new RemoteResult[count];
        for (int i = 0; i < count; i++)
        {
            bool isStored = r.Flag();
            long size = r.Size(!isStored);
            RemoteRef[] contained = RefWire.ReadList(ref r, payloads);
            results[i] = new RemoteResult(isStored ? null : PayloadFrames.ReadValue(ref r, payloads), isStored, size, contained);
        }

        return results;
    }
}

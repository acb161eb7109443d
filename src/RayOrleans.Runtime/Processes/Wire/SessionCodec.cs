using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Processes.Wire;

/// <summary>
/// Messages of a session as bytes, many in a batch, in order. Thread-safe. Reading trusts nothing: damage of any sort is a <see cref="CorruptBatchException"/>.
/// </summary>
/// <param name="payloads">The form of calls, values and causes.</param>
internal sealed class SessionCodec(IPayloadWire payloads)
{
    /// <summary>The most bytes that are read as one batch. Large values lie in the store.</summary>
    public const int MaxBytes = BatchCodec.MaxBytes;

    /// <summary>The most that one value may take inside a message.</summary>
    public const int MaxValueBytes = MaxBytes - (1 << 20);

    private const byte HasFailure = 1;
    private const byte IsRetriable = 2;
    private const byte EndsActor = 4;
    private const byte AllEndFlags = 7;

    private const byte HasValue = 1;
    private const byte HasParts = 2;
    private const byte Failed = 4;

    /// <summary>Writes messages, from <paramref name="first"/> on, until the batch has about <paramref name="softLimit"/> bytes.</summary>
    /// <returns>How many were written: at least one.</returns>
    public int Write(WireWriter w, IReadOnlyList<SessionMessage> messages, int first, int softLimit)
    {
        int start = w.Length;
        int i = first;
        do
        {
            Write(w, messages[i]);
        }
        while (++i < messages.Count && w.Length - start < softLimit);
        return i - first;
    }

    /// <summary>Reads a batch.</summary>
    /// <exception cref="CorruptBatchException">The bytes are damaged.</exception>
    public List<SessionMessage> Read(ReadOnlyMemory<byte> batch)
    {
        WireReader r = new(batch);
        List<SessionMessage> messages = [];
        while (r.Left > 0)
        {
            messages.Add(Read(ref r));
        }

        return messages;
    }

    private void Write(WireWriter w, SessionMessage message)
    {
        switch (message)
        {
            case SubmitMessage submit:
                w.Byte((byte)SessionTag.Submit);
                SpecWire.Write(w, payloads, submit.Spec);
                w.Int(submit.ParentAttempt);
                break;
            case PutMessage put:
                w.Byte((byte)SessionTag.Put);
                w.Object(put.Id);
                WriteValue(w, put.Value);
                w.Flag(put.IsReplicated);
                break;
            case NameMessage name:
                w.Byte((byte)SessionTag.Name);
                w.Int(name.Number);
                w.Text(name.Namespace);
                w.Text(name.Name);
                w.Int(name.ParentAttempt);
                w.Flag(name.GetIfExists);
                w.Flag(name.Creation is not null);
                if (name.Creation is { } creation)
                {
                    SpecWire.Write(w, payloads, creation);
                }

                break;
            case NamedMessage named:
                w.Byte((byte)SessionTag.Named);
                w.Int(named.Number);
                w.Flag(named.IsOther);
                w.Text(named.Problem);
                w.Flag(named.Actor is not null);
                if (named.Actor is { } actor)
                {
                    RefWire.Write(w, payloads, actor);
                }

                break;
            case NeedMessage need:
                w.Byte((byte)SessionTag.Need);
                w.Object(need.Id);
                w.Flag(need.ExistsOnly);
                break;
            case ReleaseMessage release:
                w.Byte((byte)SessionTag.Release);
                w.Object(release.Id);
                w.Int(release.Mentions);
                break;
            case AttemptEndedMessage ended:
                WriteEnded(w, ended);
                break;
            case BlockMessage block:
                w.Byte((byte)SessionTag.Block);
                w.Task(block.Task);
                w.Int(block.Attempt);
                w.Flag(block.IsBlocked);
                break;
            case ReturnMessage back:
                w.Byte((byte)SessionTag.Return);
                w.Task(back.Task);
                w.Int(back.Attempt);
                break;
            case ProcessWishMessage wish:
                w.Byte((byte)SessionTag.Wish);
                w.Object(wish.Id);
                w.Byte((byte)wish.Wish);
                w.Flag(wish.Flag);
                break;
            case YieldMessage item:
                w.Byte((byte)SessionTag.Yield);
                w.Task(item.Task);
                w.Int(item.Attempt);
                w.Int(item.Index);
                WriteValue(w, item.Value);
                break;
            case TakeMessage take:
                w.Byte((byte)SessionTag.Take);
                w.Task(take.Stream);
                w.Int(take.Taken);
                w.Flag(take.IsWaiting);
                break;
            case LeaveStreamMessage leave:
                w.Byte((byte)SessionTag.LeaveStream);
                w.Task(leave.Stream);
                break;
            case CreditMessage credit:
                w.Byte((byte)SessionTag.Credit);
                w.Task(credit.Task);
                w.Int(credit.Attempt);
                w.Int(credit.Until);
                break;
            case ItemMessage item:
                w.Byte((byte)SessionTag.Item);
                w.Task(item.Stream);
                WriteValue(w, item.Item);
                break;
            case StreamEndedMessage end:
                w.Byte((byte)SessionTag.StreamEnded);
                w.Task(end.Stream);
                WriteValue(w, end.End);
                break;
            case RunMessage run:
                WriteRun(w, run);
                break;
            case SettledMessage settled:
                w.Byte((byte)SessionTag.Settled);
                w.Object(settled.Id);
                WriteValue(w, settled.Value);
                break;
            case ExistsMessage exists:
                w.Byte((byte)SessionTag.Exists);
                w.Object(exists.Id);
                w.Int(exists.Size);
                break;
            case GiveUpMessage giveUp:
                w.Byte((byte)SessionTag.GiveUp);
                w.Task(giveUp.Task);
                w.Int(giveUp.Attempt);
                break;
            case StopInstanceMessage stop:
                w.Byte((byte)SessionTag.StopInstance);
                w.Task(stop.Actor.Creation);
                w.Int(stop.Incarnation);
                w.Flag(stop.Dispose);
                break;
            default:
                throw new InvalidOperationException($"A {message.GetType().Name} has no form.");
        }
    }

    private SessionMessage Read(ref WireReader r)
    {
        SessionTag tag = (SessionTag)r.Byte();
        return tag switch
        {
            SessionTag.Submit => new SubmitMessage(SpecWire.Read(ref r, payloads), r.Int()),
            SessionTag.Put => new PutMessage(r.Object(), ReadProcessValue(ref r)) { IsReplicated = r.Flag() },
            SessionTag.Name => ReadName(ref r),
            SessionTag.Named => ReadNamed(ref r),
            SessionTag.Need => new NeedMessage(r.Object(), r.Flag()),
            SessionTag.Release => new ReleaseMessage(r.Object(), r.Long()),
            SessionTag.AttemptEnded => ReadEnded(ref r),
            SessionTag.Block => new BlockMessage(r.Task(), r.Int(), r.Flag()),
            SessionTag.Return => new ReturnMessage(r.Task(), r.Int()),
            SessionTag.Wish => new ProcessWishMessage(r.Object(), r.Enum<OwnerWish>(), r.Flag()),
            SessionTag.Yield => new YieldMessage(r.Task(), r.Int(), r.Int(), ReadProcessValue(ref r)),
            SessionTag.Take => new TakeMessage(r.Task(), r.Int(), r.Flag()),
            SessionTag.LeaveStream => new LeaveStreamMessage(r.Task()),
            SessionTag.Credit => new CreditMessage(r.Task(), r.Int(), r.Int()),
            SessionTag.Item => new ItemMessage(r.Task(), ReadSessionValue(ref r, depth: 0)),
            SessionTag.StreamEnded => new StreamEndedMessage(r.Task(), ReadSessionValue(ref r, depth: 0)),
            SessionTag.Run => ReadRun(ref r),
            SessionTag.Settled => new SettledMessage(r.Object(), ReadSessionValue(ref r, depth: 0)),
            SessionTag.Exists => new ExistsMessage(r.Object(), r.Size(isHere: false)),
            SessionTag.GiveUp => new GiveUpMessage(r.Task(), r.Int()),
            SessionTag.StopInstance => new StopInstanceMessage(new ActorId(r.Task()), r.Int(), r.Flag()),
            _ => throw r.Corrupt($"message {(byte)tag} of a session is not known"),
        };
    }

    private NameMessage ReadName(ref WireReader r)
    {
        (long number, string @namespace, string name, int parentAttempt, bool getIfExists) = (r.Long(), r.RequiredText(), r.RequiredText(), r.Int(), r.Flag());
        return new NameMessage(number, @namespace, name, r.Flag() ? SpecWire.Read(ref r, payloads) : null, parentAttempt, getIfExists);
    }

    private NamedMessage ReadNamed(ref WireReader r)
    {
        (long number, bool isOther, string? problem) = (r.Long(), r.Flag(), r.Text());
        return new NamedMessage(number, r.Flag() ? RefWire.Read(ref r, payloads) : null, isOther, problem);
    }

    private void WriteEnded(WireWriter w, AttemptEndedMessage ended)
    {
        w.Byte((byte)SessionTag.AttemptEnded);
        w.Task(ended.Task);
        w.Int(ended.Attempt);
        w.Byte((byte)((ended.Failure is not null ? HasFailure : 0) | (ended.IsRetriable ? IsRetriable : 0) | (ended.EndsActor is not null ? EndsActor : 0)));
        w.Count(ended.Results.Count);
        foreach (ProcessValue result in ended.Results)
        {
            WriteValue(w, result);
        }

        w.Int(ended.Microseconds);
        if (ended.Failure is { } failure)
        {
            FailureWire.Write(w, payloads, failure);
        }

        if (ended.EndsActor is { } why)
        {
            w.Text(why);
        }
    }

    private AttemptEndedMessage ReadEnded(ref WireReader r)
    {
        TaskId task = r.Task();
        int attempt = r.Int();
        byte flags = r.Byte();
        if (flags > AllEndFlags || (flags & (HasFailure | EndsActor)) == EndsActor)
        {
            throw r.Corrupt("an unknown sort of end");
        }

        ProcessValue[] results = new ProcessValue[r.Count(3)];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = ReadProcessValue(ref r);
        }

        long microseconds = r.Long();
        Failure? failure = (flags & HasFailure) != 0 ? FailureWire.Read(ref r, payloads) : null;
        string? endsActor = (flags & EndsActor) != 0 ? r.RequiredText() : null;
        return new AttemptEndedMessage(task, attempt, results, failure, (flags & IsRetriable) != 0, endsActor) { Microseconds = microseconds };
    }

    private void WriteRun(WireWriter w, RunMessage run)
    {
        w.Byte((byte)SessionTag.Run);
        SpecWire.Write(w, payloads, run.Spec);
        w.Int(run.Attempt);
        w.Int(run.Incarnation);
        w.Byte((byte)run.Ride);
        w.Count(run.Inputs.Count);
        foreach (SessionValue input in run.Inputs)
        {
            WriteValue(w, input);
        }

        w.Count(run.Gpus?.Count ?? 0);
        foreach (int gpu in run.Gpus ?? [])
        {
            w.Int(gpu);
        }

        if (run.Spec.IsStream)
        {
            w.Int(run.Produced);
            w.Int(run.Until);
        }
    }

    private RunMessage ReadRun(ref WireReader r)
    {
        TaskSpec spec = SpecWire.Read(ref r, payloads);
        int attempt = r.Int();
        int incarnation = r.Int();
        RideKind ride = r.Enum<RideKind>();
        SessionValue[] inputs = new SessionValue[r.Count(2)];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = ReadSessionValue(ref r, depth: 0);
        }

        if (spec.DependencyCount < 0 || spec.DependencyCount > inputs.Length)
        {
            throw r.Corrupt($"a task with {spec.DependencyCount} arguments has {inputs.Length} inputs");
        }

        int[] gpus = SpecWire.ReadIndices(ref r);
        return new RunMessage(spec, attempt, incarnation, inputs, gpus.Length == 0 ? null : gpus)
        {
            Ride = ride,
            Produced = spec.IsStream ? r.Int() : 0,
            Until = spec.IsStream ? r.Int() : 0,
        };
    }

    private void WriteValue(WireWriter w, ProcessValue value)
    {
        w.Int(value.Size);
        w.Count(value.Contained.Count);
        foreach (ObjectId id in value.Contained)
        {
            w.Object(id);
        }

        PayloadFrames.WriteValue(w, payloads, value.Value);
    }

    private ProcessValue ReadProcessValue(ref WireReader r)
    {
        long size = r.Size(isHere: false);
        ObjectId[] contained = new ObjectId[r.Count(17)];
        for (int i = 0; i < contained.Length; i++)
        {
            contained[i] = r.Object();
        }

        return new ProcessValue(PayloadFrames.ReadValue(ref r, payloads), size, contained);
    }

    private void WriteValue(WireWriter w, SessionValue value)
    {
        w.Byte((byte)((value.HasValue ? HasValue : 0) | (value.Parts is not null ? HasParts : 0) | (value.Failure is not null ? Failed : 0)));
        RefWire.Write(w, payloads, value.Object);
        if (!value.HasValue)
        {
            return;
        }

        w.Int(value.Size);
        if (value.Failure is { } failure)
        {
            FailureWire.Write(w, payloads, failure);
        }
        else if (value.Parts is { } parts)
        {
            w.Count(parts.Count);
            foreach (SessionValue part in parts)
            {
                WriteValue(w, part);
            }
        }
        else
        {
            RefWire.WriteList(w, payloads, value.Contained);
            PayloadFrames.WriteValue(w, payloads, value.Value);
        }
    }

    private SessionValue ReadSessionValue(ref WireReader r, int depth)
    {
        byte flags = r.Byte();
        if (flags is not (0 or HasValue or (HasValue | HasParts) or (HasValue | Failed)) || (depth > 0 && (flags & HasParts) != 0))
        {
            throw r.Corrupt("an unknown sort of value");
        }

        RemoteRef reference = RefWire.Read(ref r, payloads);
        if (flags == 0)
        {
            return SessionValue.Mention(reference);
        }

        long size = r.Size(isHere: false);
        if ((flags & Failed) != 0)
        {
            return new SessionValue(reference, HasValue: true, null, size, [], FailureWire.Read(ref r, payloads));
        }

        if ((flags & HasParts) == 0)
        {
            return new SessionValue(reference, HasValue: true, Contained: RefWire.ReadList(ref r, payloads), Value: PayloadFrames.ReadValue(ref r, payloads), Size: size, Failure: null);
        }

        SessionValue[] parts = new SessionValue[r.Count(2)];
        if (parts.Length != reference.PartCount)
        {
            throw r.Corrupt($"a tuple of {reference.PartCount} comes with {parts.Length} parts");
        }

        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = ReadSessionValue(ref r, depth + 1);
        }

        return new SessionValue(reference, HasValue: true, null, size, [], null) { Parts = parts };
    }
}

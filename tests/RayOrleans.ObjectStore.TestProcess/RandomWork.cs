namespace RayOrleans.ObjectStore.TestProcess;

/// <summary>A client that does what comes, until its standard input ends or it is killed. Every object it reads is checked byte by byte.</summary>
internal sealed class RandomWork(StoreClient client, Random random)
{
    private const int Numbers = 120;
    private const int MostKept = 6;

    private readonly List<(int Number, long Mark, SharedObject Value)> _kept = [];
    private readonly List<SharedWrite> _unsealed = [];
    private long _mark = (long)Environment.ProcessId << 20;

    public static int Run(string socket, int seed)
    {
        using StoreClient client = StoreClient.Connect(socket);
        // The console's reader blocks even where it says async.
        Task end = Task.Factory.StartNew(Console.In.ReadLine, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        RandomWork work = new(client, new Random(seed));
        Console.WriteLine("ready");
        try
        {
            while (!end.IsCompleted)
                work.Step().GetAwaiter().GetResult();
            work.CheckKept();
        }
        catch (InvalidOperationException error)
        {
            Console.WriteLine(error.Message);
            return 3;
        }

        // As it is: half-written objects, kept values and all.
        return 0;
    }

    private async Task Step()
    {
        try
        {
            int number = random.Next(Numbers);
            switch (random.Next(12))
            {
                case 0 or 1:
                    Put(number);
                    break;
                case 2:
                    await client.PutAsync(Marked.Key(number), Marked.Value(number, ++_mark, Marked.Length(random)));
                    break;
                case 3 or 4:
                    Create(number);
                    break;
                case 5:
                    client.Delete(Marked.Key(number));
                    break;
                case 6 or 7:
                    Read(number);
                    break;
                case 8:
                    await Burst();
                    break;
                case 9:
                    LetGo();
                    break;
                case 10:
                    GiveUp();
                    break;
                default:
                    Keep(number);
                    break;
            }
        }
        catch (StoreRequestException error) when (error.Failure is not (StoreFailure.Disconnected or StoreFailure.Closed))
        {
            // Taken, missing, aborted, deleted, its creator killed, or no room: all of it happens here.
        }
    }

    private void Put(int number) => client.Put(Marked.Key(number), Marked.Value(number, ++_mark, Marked.Length(random)));

    private void Create(int number)
    {
        int length = Marked.Length(random);
        byte[] bytes = Marked.Value(number, ++_mark, length);
        SharedWrite write = client.Create(Marked.Key(number), length, TimeSpan.FromMilliseconds(random.Next(20)));
        int half = random.Next(length);
        write.Write(0, bytes.AsSpan(0, half));
        switch (random.Next(8))
        {
            case 0:
                write.Dispose();
                break;
            case 1:
                _unsealed.Add(write);
                break;
            default:
                bytes.AsSpan(half).CopyTo(write.GetSpan(half, length - half));
                write.Seal();
                break;
        }
    }

    private void Read(int number)
    {
        using SharedObject value = client.Get(Marked.Key(number), TimeSpan.FromMilliseconds(random.Next(10)), random.Next(2) == 0);
        Marked.Check(number, value.GetSpan(0, (int)value.Length));
    }

    private void Keep(int number)
    {
        if (_kept.Count == MostKept)
            LetGo();
        SharedObject value = client.Get(Marked.Key(number), TimeSpan.Zero, inPlace: true);
        _kept.Add((number, Marked.Check(number, value.GetSpan(0, (int)value.Length)), value));
    }

    /// <summary>What was kept is as it was, whoever has deleted it meanwhile. Now and then it is forgotten instead of disposed of.</summary>
    private void LetGo()
    {
        CheckKept();
        foreach ((_, _, SharedObject value) in _kept)
        {
            if (random.Next(4) != 0)
                value.Dispose();
        }

        _kept.Clear();
        if (random.Next(20) == 0)
            GC.Collect();
    }

    private void GiveUp()
    {
        foreach (SharedWrite write in _unsealed)
        {
            if (random.Next(4) != 0)
                write.Dispose();
        }

        _unsealed.Clear();
    }

    private async Task Burst()
    {
        ValueTask<SharedObject>[] gets = new ValueTask<SharedObject>[50];
        int[] numbers = [.. gets.Select(_ => random.Next(Numbers))];
        for (int i = 0; i < gets.Length; i++)
            gets[i] = client.GetAsync(Marked.Key(numbers[i]), TimeSpan.FromMilliseconds(random.Next(3)), i % 3 == 0);
        for (int i = 0; i < gets.Length; i++)
        {
            try
            {
                using SharedObject value = await gets[i];
                Marked.Check(numbers[i], value.GetSpan(0, (int)value.Length));
            }
            catch (StoreRequestException error) when (error.Failure is not (StoreFailure.Disconnected or StoreFailure.Closed))
            {
                // As above; the others of the burst are taken all the same.
            }
        }
    }

    private void CheckKept()
    {
        foreach ((int number, long mark, SharedObject value) in _kept)
        {
            if (Marked.Check(number, value.GetSpan(0, (int)value.Length)) != mark)
                throw new InvalidOperationException($"BAD: object {number} was replaced while it was held.");
        }
    }
}

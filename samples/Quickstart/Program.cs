using Quickstart;
using static Quickstart.Functions;

if (args is [NodeProcess.Argument])
{
    return await NodeProcess.RunAsync();   // the second node of the last steps: this program in a process of its own
}

Tour tour = Tour.OfThisProgram();

tour.Step("Start: an embedded node, in this process.");
await using IRay ray = await Ray.InitAsync();
tour.Show($"{Ray.Nodes().Count} node with {Ray.ClusterResources()["CPU"]} CPUs");

tour.Step("Objects: put a value into the object store, get it by its reference.");
ObjectRef<int> a = Ray.Put(1);
tour.Check(await a, 1);

tour.Step("Tasks: any method runs remotely. Arguments are values or references, results are references.");
ObjectRef<int> b = Ray.Remote(Add, a, 2);
ObjectRef<int> c = Ray.Remote(Add, a, b);   // submitted at once; runs when b is there
tour.Check(await c, 4);
tour.Check(Ray.Get([a, b, c]), [1, 3, 4]);

tour.Step("Lambdas take what they use with them.");
int offset = 100;
ObjectRef<int> shifted = Ray.Remote(x => x * 10 + offset, c);
tour.Check(await shifted, 140);

tour.Step("Nested tasks: a task submits tasks, each to the scheduler of its own node.");
ObjectRef<int> fibonacci = Ray.Remote(Fibonacci, 10);
tour.Check(await fibonacci, 55);

tour.Step("A tuple becomes two objects, which can go different ways.");
var (quotient, remainder) = Ray.Remote(DivRem, 17, 5);
tour.Check(await Ray.Remote(Add, quotient, 10), 13);
tour.Check(await remainder, 2);

tour.Step("Wait: use results as they come, whatever their order. As many run at a time as the node has CPUs.");
IReadOnlyList<ObjectRef<int>> waiting = [Ray.Remote(SlowSquare, 3, 300), Ray.Remote(SlowSquare, 2, 150), Ray.Remote(SlowSquare, 1, 1)];
int sum = 0;
while (waiting.Count > 0)
{
    (IReadOnlyList<ObjectRef<int>> ready, waiting) = Ray.Wait(waiting);
    sum += await ready[0];
    tour.Show($"{await ready[0]} came, {waiting.Count} to go");
}

tour.Check(sum, 14);

tour.Step("Streams: a task's results arrive while it still runs.");
List<string> heard = [];
await foreach (ObjectRef<string> word in Ray.Stream(Countdown, 3))
{
    heard.Add(await word);
}

tour.Check(string.Join(' ', heard), "3... 2... 1... lift-off");

tour.Step("Actors: an object with state that lives remotely. Calls run in the order submitted.");
ActorHandle<Counter> counter = Ray.Options(name: "clicks").Actor(() => new Counter(10));
ObjectRef<int> first = counter.Remote(x => x.Add(1));
ObjectRef<int> second = counter.Remote((x, n) => x.Add(n), first);   // arguments may be references here, too
tour.Check(Ray.Get([first, second]), [11, 22]);

tour.Step("A named actor is found by its name.");
ActorHandle<Counter> found = Ray.GetActor<Counter>("clicks");
tour.Check(await found.Remote(x => x.Add(0)), 22);

tour.Step("Kill ends an actor; later calls say so.");
Ray.Kill(counter);
await tour.Throws<ActorDiedException>(async () => await counter.Remote(x => x.Add(1)));

tour.Step("Errors travel with their remote stack.");
ObjectRef<int> overdrawn = Ray.Remote(Withdraw, 50, 80);
RayTaskException? error = await tour.Throws<RayTaskException>(async () => await overdrawn);
tour.Check(error?.InnerException is InvalidOperationException, true);
tour.Show(error?.RemoteStackTrace);

tour.Step("Cancel ends a task that is waiting or running.");
ObjectRef<int> endless = Ray.Remote(WaitForever, 42);
await tour.Throws<GetTimeoutException>(async () => await Ray.GetAsync(endless, timeout: TimeSpan.FromMilliseconds(50)));
Ray.Cancel(endless);
await tour.Throws<RayTaskCancelledException>(async () => await endless);

tour.Step("Afterwards the node is as free as it was.");
tour.Check(await Idle.WaitAsync(), true);
tour.Check(Ray.AvailableResources()["CPU"], Ray.ClusterResources()["CPU"]);
tour.Check((await Ray.State.ActorsAsync(x => x.State == ActorState.Alive)).Count, 0);
await ray.DisposeAsync();

tour.Step("Two nodes: a second process, N2, and this one joins it as N1.");
await using NodeProcess process = await NodeProcess.StartAsync();
await using IRay cluster = await Ray.InitAsync(process.Address);
NodeId n1 = Ray.Context.NodeId;
NodeId n2 = Ray.Nodes().Single(x => x.NodeId != n1).NodeId;
RemoteOptions onN2 = Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(n2));
tour.Check(await onN2.Remote(ProcessId) == Environment.ProcessId, false);

tour.Step("A task goes where its data is (figure 7 of the paper): a is on N1, the larger b on N2, so N2 executes add and N1 gets c.");
ObjectRef<long[]> small = Ray.Put(Numbers(50_000));
ObjectRef<long[]> large = onN2.Remote(Numbers, 2_000_000);
await Ray.WaitAsync([large], fetchLocal: false);
ObjectRef<long[]> added = Ray.Remote(AddAll, small, large);
tour.Check(Ray.Get(added)[49_999], 99_998L);
Flow flow = new(n1, nameof(AddAll), added.Id.Task, small.Id, added.Id);
IReadOnlyList<FlowEvent> stepsOfN1 = flow.Of(Ray.State.Flow());
IReadOnlyList<FlowEvent> stepsOfN2 = flow.Of(await onN2.Remote(StepsOfThisNode));
foreach (FlowEvent step in stepsOfN1.Concat(stepsOfN2).OrderBy(x => x.At).DistinctBy(x => (x.NodeId, x.Step, x.ObjectId)))
{
    tour.Show(flow.Text(step));
}

tour.Check(Flow.Has(stepsOfN1, FlowStep.Submitted, FlowStep.Forwarded, FlowStep.Placed, FlowStep.Located, FlowStep.Copied, FlowStep.Got), true);
tour.Check(Flow.Has(stepsOfN2, FlowStep.Received, FlowStep.LookedUp, FlowStep.Located, FlowStep.Copied, FlowStep.Executed, FlowStep.Stored), true);

tour.Step("An actor on the other node.");
ActorHandle<Counter> far = onN2.Actor(() => new Counter(0));
tour.Check(await far.Remote(x => x.Add(5)), 5);
return tour.Finish();

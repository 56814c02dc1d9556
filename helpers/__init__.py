"""The code behind the book *Which Instrument Is This?*, a module for each stage of the pipeline.

    sound       notes taken apart into overtones, and built    (chapter 1)
    audio       samples: any sound file as mono at 22 050 Hz   (chapters 1 and 2)
    dataset     clips: a table with a row for every recording  (chapter 2)
    download    archives from the web                          (chapter 2)
    chunks      2 s pieces of clips                            (chapter 2)
    splits      training, validation and test parts            (chapter 2)
    features    MFCC images of 275 x 13                        (chapter 3)
    cnn         the network: built, trained, saved             (chapter 4)
    metrics     scores, confusion matrices, votes by clip      (chapter 4)
    classify    the instrument of any recording                (chapter 4)
    models      trained networks that come with the book       (chapter 4)
    experiments the recorded trainings of the network          (chapters 4 and 5)
    cutmix      mixtures of two images and their labels        (chapter 5)
    augment     the same sound, recorded otherwise             (chapters 5 and 11)
    tuning      hyperparameters, and four ways of searching    (chapter 6)
    pruning     weights that become zero                       (chapter 7)
    export      the network as a small file                    (chapter 7)
    baselines   classifiers without a network                  (chapter 8)
    comparison  ten models side by side                        (chapter 8)
    gradcam     where the network looks                        (chapter 9)
    ablation    the network without one of its parts           (chapter 10)
    leakage     what training knows of the test part           (chapter 11)
    instruments the recipe of the model that listens           (chapter 11)
    listener    that model as files for a web page             (chapter 12)
    light       its files run without TensorFlow               (chapter 12)
    many        what many machines gain                        (chapter 13)

Around the pipeline, for every chapter: runs (what an experiment is), reproduce (runs them),
results (their records), store (the cache), plots and widgets (what you see), exercises (what
checks your answers), errors (what bad input raises).

Importing the package loads neither TensorFlow nor librosa: each module imports what it needs
when it is first used.
"""
